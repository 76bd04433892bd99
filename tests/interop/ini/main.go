// Reads .databrickscfg files as the Databricks CLI and the Go SDK do: a JSON array of texts in, for each a JSON object of sections, or null.
package main

import (
	"encoding/json"
	"os"

	"gopkg.in/ini.v1"
)

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	read := make([]map[string]map[string]string, len(texts))
	for index, text := range texts {
		// databricks-sdk-go config/config_file.go
		file, err := ini.LoadSources(ini.LoadOptions{SpaceBeforeInlineComment: true}, []byte(text))
		if err != nil {
			continue
		}
		read[index] = map[string]map[string]string{}
		for _, section := range file.Sections() {
			read[index][section.Name()] = section.KeysHash()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(read); err != nil {
		panic(err)
	}
}
