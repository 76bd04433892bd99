// Reads environment files as docker does with --env-file: {"exports": [{file: text}, ...]} in, a JSON list of objects out.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/docker/cli/pkg/kvfile"
)

func main() {
	var asked struct{ Exports []map[string]string }
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	found := make([]map[string]string, len(asked.Exports))
	for index, files := range asked.Exports {
		for _, text := range files {
			lines, err := kvfile.ParseFromReader(strings.NewReader(text), os.LookupEnv)
			if err != nil {
				panic(err)
			}
			found[index] = map[string]string{}
			for _, line := range lines {
				name, value, _ := strings.Cut(line, "=")
				found[index][name] = value
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
