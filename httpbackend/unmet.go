package httpbackend

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// unmet is what the mapping and its mounts need and the options do not give, each at
// its place in the mapping: a server, values for the variables in its URL, credentials.
func (o Options) unmet() openapi.Problems {
	var all openapi.Problems
	m, vars := o.Mapping, o.variables()
	server, missing := mapping.FillServer(cmp.Or(o.Server, m.Server), vars)
	for name, v := range vars {
		if v == "" && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	for _, name := range missing {
		all.Add(m.ServerPos, "the server's variable {%s} has no value; give it one under server.variables, here or in the configuration", name)
	}
	if server == "" && !sendsNothing(m) {
		all.Add(m.ServerPos, "there is no server; say server: {url: …}, here or in the configuration")
	} else if _, err := parseServer(server); err != nil && server != "" && len(missing) == 0 && o.Server == "" {
		all.Add(m.ServerPos, "server: %s", err)
	}
	o.unmetCredentials(&all)
	for _, mount := range m.Mounts {
		inner := o
		inner.Mapping, inner.Server = mount.Mapping, o.MountServers[mount.At]
		all = append(all, inner.unmet()...)
	}
	return all
}

// variables are those of the mapping's server, with the values of the options.
func (o Options) variables() map[string]string {
	vars := map[string]string{}
	maps.Copy(vars, o.Mapping.Variables)
	maps.Copy(vars, o.Variables)
	return vars
}

// unmetCredentials adds the calls that need others than Credentials: those that need
// the same are one problem, at the first of them.
func (o Options) unmetCredentials(all *openapi.Problems) {
	if o.Credentials == nil {
		return
	}
	first, calls := map[string]*mapping.Call{}, map[string]int{}
	var needs []string
	o.Mapping.Each(func(c *mapping.Call) {
		if c.Operation == nil {
			return
		}
		if _, ok := choose(c.Security, func(name string) bool { return slices.Contains(o.Credentials, name) }); ok {
			return
		}
		need := describe(c.Security)
		if calls[need]++; calls[need] == 1 {
			first[need], needs = c, append(needs, need)
		}
	})
	for _, need := range needs {
		others := ""
		if n := calls[need] - 1; n > 0 {
			others = fmt.Sprintf(" (nor for %d more that need it)", n)
		}
		all.Add(first[need].Pos, "no credential for operation %s, which needs %s; give it one under backend.credentials of the configuration%s", first[need].Operation.Name(), need, others)
	}
}
