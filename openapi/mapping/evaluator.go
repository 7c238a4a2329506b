package mapping

import (
	"fmt"

	"github.com/expr-lang/expr/vm"
)

// Evaluator evaluates many values one after the other, as for the items of a
// listing, with less work than [Value.Eval] each time. The zero value is ready. It
// is not safe for concurrent use.
type Evaluator struct{ vm vm.VM }

// Eval is [Value.Eval].
func (e *Evaluator) Eval(v *Value, sc Scope) (any, error) {
	if v.program == nil {
		return v.Eval(sc)
	}
	out, err := e.vm.Run(v.program, map[string]any(sc))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.Pos, err)
	}
	return out, nil
}
