// Says whom the official SDK for JavaScript signs in as, and which clusters it sees, from the configuration around it alone.
const { WorkspaceClient } = require("@databricks/sdk-experimental");

async function look() {
  const client = new WorkspaceClient({});
  const user = (await client.currentUser.me()).userName;
  const clusters = [];
  for await (const cluster of client.clusters.list({})) {
    clusters.push(cluster.cluster_id);
  }
  return { user, clusters, auth_type: client.config.authType };
}

look().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
