package mapping

type VarType struct{ Kind string }

func (v VarType) Numeric() bool { return v.Kind == "int" }
func (t *Template) Type(name string) (VarType, bool) {
	for _, v := range t.vars {
		if v == name {
			return VarType{"str"}, true
		}
	}
	return VarType{}, false
}
func (t *Template) Parent() (*Template, bool)                                  { return nil, false }
func (t *Template) Child(dir string) (string, bool, bool)                      { return "", false, false }
func (t *Template) Below(dir string) bool                                      { return false }
func (t *Template) AppendName(dst []byte, vars map[string]any) ([]byte, error) { return dst, nil }
func Compare(a, b *Template) int                                               { return 0 }
func Ambiguous(a, b *Template) bool                                            { return false }
