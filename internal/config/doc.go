// Package config reads the settings of the bridge.
//
// They come from one YAML file, from environment variables and from the command
// line; the later beats the earlier, and what none of them names has a default:
//
//	c, err := config.Load("bridge.yaml", os.Environ(), nil)
//
// Reading is strict. An unknown key, a value of the wrong form, a variable that
// is not set or settings that contradict each other are mistakes, and all of
// them come back at once as [Mistakes], each with its place and its remedy.
//
// The table in keys.go is the single list of keys: it gives each its name, its
// form, its default and its description, and binds it to a field of [Config].
// The YAML reader, the names of the environment variables and [Reference] all
// follow from it.
//
// A key's environment variable is its path in upper case, joined by "_", after
// "BRIDGE_": ftp.passive.ports is BRIDGE_FTP_PASSIVE_PORTS. Entries of a list
// of groups are numbered from 0 (BRIDGE_AUTH_0_WEBHOOK_URL); lists of values
// are separated by commas (BRIDGE_FTP_LISTEN=0.0.0.0:21,[::]:21). A variable
// that begins with BRIDGE_ and fits no key is a mistake, unless the file refers
// to it or Kubernetes made it for a service named bridge.
//
// In the file, ${NAME} in a value stands for an environment variable and $$ for
// one dollar sign. A secret may be given as file:NAME, the file that holds it.
// File names are relative to the directory of the configuration file.
//
// The package checks form only: it opens the configuration file and the files
// of secrets, nothing else, and it starts nothing.
package config
