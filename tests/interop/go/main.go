// Command go says whom the official SDK for Go signs in as, and which clusters it sees, from the configuration around it alone.
// With the word "resolve" (and the name of a profile) it asks nobody, and says what it makes of that configuration.
// With the word "cases" (and an empty folder) it says so of every configuration that it reads, one JSON document a line.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/databricks/databricks-sdk-go"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "resolve" {
		if err := json.NewEncoder(os.Stdout).Encode(resolve(os.Args[2:])); err != nil {
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == "cases" {
		if err := answerCases(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
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

func resolve(profile []string) map[string]string {
	cfg := &config.Config{HostMetadataResolver: func(context.Context, string) (*config.HostMetadata, error) { return nil, nil }}
	if len(profile) > 0 {
		cfg.Profile = profile[0]
	}
	seen := map[string]string{}
	if err := cfg.EnsureResolved(); err != nil {
		seen["problem"] = err.Error()
		return seen
	}
	seen["host"] = cfg.CanonicalHostName()
	seen["workspace_id"] = cfg.WorkspaceID
	seen["account_id"] = cfg.AccountID
	seen["cluster_id"] = cfg.ClusterID
	seen["client_id"] = cfg.ClientID
	seen["auth_type"] = cfg.AuthType
	return seen
}
