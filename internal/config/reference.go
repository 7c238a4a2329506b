package config

// Key describes one key of the configuration.
type Key struct {
	Path     string // "ftp.passive.ports"; <n> and <name> stand for entries
	Variable string // "BRIDGE_FTP_PASSIVE_PORTS"
	Form     string // "ports", "duration", "off | explicit | …"
	Default  string // as it would be written; empty: none
	Required bool   // where the group around it is given
	Doc      string // one or two sentences
}

// Reference lists all keys that take a value, in the order of the documentation.
func Reference() []Key {
	var keys []Key
	schema{}.config(new(Config)).leaves(func(n *node) {
		keys = append(keys, Key{
			Path:     n.path(),
			Variable: n.variable(),
			Form:     n.value.form,
			Default:  n.value.fallback,
			Required: n.value.required,
			Doc:      n.doc,
		})
	})
	return keys
}
