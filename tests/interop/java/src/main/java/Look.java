import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.service.compute.ClusterDetails;
import com.databricks.sdk.service.compute.ListClustersRequest;
import com.databricks.sdk.service.iam.MeRequest;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says whom the official SDK for Java signs in as, and which clusters it sees, from the configuration around it alone. */
public class Look {
  public static void main(String[] arguments) throws Exception {
    WorkspaceClient client = new WorkspaceClient();
    String user = client.currentUser().me(new MeRequest()).getUserName();
    List<String> ids = new ArrayList<>();
    for (ClusterDetails cluster : client.clusters().list(new ListClustersRequest())) {
      ids.add(cluster.getClusterId());
    }
    System.out.println(
        new ObjectMapper().writeValueAsString(Map.of("user", user, "clusters", ids, "auth_type", client.config().getAuthType())));
    System.exit(0);
  }
}
