package mapping

import (
	"github.com/expr-lang/expr/types"
	"github.com/goccy/go-yaml/ast"
)

var anyType = types.Any

// Rule turns an item of an answer into an entry. A value that is nil is not told.
type Rule struct {
	// When chooses the items that the rule is for; nil takes all.
	When *Value
	// Name is nil where the name is known from the path.
	Name                                 *Value
	Type, Size, ModTime, ETag, Permitted *Value
}

// Values returns the values of the rule that are there.
func (r *Rule) Values() []*Value {
	var vs []*Value
	for _, v := range []*Value{r.When, r.Name, r.Type, r.Size, r.ModTime, r.ETag, r.Permitted} {
		if v != nil {
			vs = append(vs, v)
		}
	}
	return vs
}

// CursorPage says that an answer holds the cursor of the next page.
type CursorPage struct {
	// Param is the query parameter that takes the cursor.
	Param string
	// From is where the answer has it; absent, null and empty mean the last page.
	From Pointer
}

// readRule takes the fields of an entry out of o.
func readRule(o *object, e env) *Rule {
	value := func(key string) *Value {
		if n, ok := o.take(key); ok {
			return newValue(n, key, e)
		}
		return nil
	}
	return &Rule{
		Type: value("type"), Size: value("size"), ModTime: value("mtime"), ETag: value("etag"), Permitted: value("permissions"),
	}
}

func (c *Call) readList(o *object, e env) {
	e = e.with("item", anyType)
	if n, ok := o.take("items"); !ok {
		o.fault(`list: "items" is missing: where in the answer is the array?`)
	} else {
		c.Items = readPointer(n, "items")
	}
	if n, ok := o.take("each"); !ok {
		o.fault(`list: "each" is missing: how does an item become an entry?`)
	} else {
		for _, rule := range n.list("each") {
			c.readEach(rule, e)
		}
	}
	if n, ok := o.take("page"); ok {
		c.readPage(n)
	}
	if n, ok := o.take("max_pages"); ok {
		c.MaxPages = n.positive("max_pages")
	}
	if n, ok := o.take("max_items"); ok {
		c.MaxItems = n.positive("max_items")
	}
}

func (c *Call) readEach(n node, e env) {
	o, ok := n.object("each")
	if !ok {
		return
	}
	r := readRule(o, e)
	if name, ok := o.take("name"); ok {
		r.Name = newValue(name, "name", e)
	} else {
		o.fault(`each: "name" is missing`)
	}
	if when, ok := o.take("when"); ok {
		r.When = newValue(when, "when", e)
	}
	o.done(append([]string{"name", "when"}, entryKeys...), []string{"route", "bind", "save"})
	c.Each = append(c.Each, r)
}

func (c *Call) readPage(n node) {
	o, ok := n.object("page")
	if !ok {
		return
	}
	cursor, ok := o.take("cursor")
	o.done([]string{"cursor"}, []string{"page", "offset", "next", "header"})
	if !ok {
		return
	}
	if o, ok = cursor.object("cursor"); !ok {
		return
	}
	c.Page = &CursorPage{}
	if from, ok := o.take("from"); ok {
		c.Page.From = readPointer(from, "from")
	} else {
		o.fault(`cursor: "from" is missing: where in the answer is the next cursor?`)
	}
	if param, ok := o.take("param"); ok {
		c.Page.Param, _ = param.text("param")
		c.checkCursorParam(param)
	} else {
		o.fault(`cursor: "param" is missing: which parameter takes the cursor?`)
	}
	o.done([]string{"param", "from"}, []string{"more"})
}

func (c *Call) checkCursorParam(n node) {
	var names []string
	for _, p := range c.Operation.Parameters {
		if p.In == "query" {
			if p.Name == c.Page.Param {
				return
			}
			names = append(names, p.Name)
		}
	}
	n.fault("operation %s has no query parameter %q%s", c.Operation.Name(), c.Page.Param, didYouMean(c.Page.Param, names))
}

func readPointer(n node, what string) Pointer {
	text, ok := n.text(what)
	if !ok {
		return nil
	}
	p, err := ParsePointer(text)
	if err != nil {
		n.fault("%s: %q is %s", what, text, err)
	}
	return p
}

func (n node) isObject() bool {
	switch n.ast.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}
