// Command go says whom the official SDK for Go signs in as, and which clusters it sees, from the configuration around it alone.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/databricks/databricks-sdk-go"
	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
)

func main() {
	seen, err := look(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		os.Exit(1)
	}
}

func look(ctx context.Context) (map[string]any, error) {
	client, err := databricks.NewWorkspaceClient()
	if err != nil {
		return nil, err
	}
	me, err := client.CurrentUser.Me(ctx, iam.MeRequest{})
	if err != nil {
		return nil, err
	}
	clusters, err := client.Clusters.ListAll(ctx, compute.ListClustersRequest{})
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, cluster := range clusters {
		ids = append(ids, cluster.ClusterId)
	}
	return map[string]any{"user": me.UserName, "clusters": ids, "auth_type": client.Config.AuthType}, nil
}
