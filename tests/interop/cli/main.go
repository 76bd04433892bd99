// Command cli is the Databricks CLI as its Go module has it, pinned by go.sum.
package main

import (
	"context"
	"os"

	"github.com/databricks/cli/cmd"
	"github.com/databricks/cli/cmd/root"
	// As its own main does: one look at a host's metadata for all that ask.
	_ "github.com/databricks/cli/libs/hostmetadata"
)

func main() {
	ctx := context.Background()
	if err := root.Execute(ctx, cmd.New(ctx)); err != nil {
		os.Exit(1)
	}
}
