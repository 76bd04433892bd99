import com.databricks.sdk.core.ConfigAttribute;
import com.databricks.sdk.core.CredentialsProvider;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.HeaderFactory;
import com.databricks.sdk.core.utils.Environment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says what the official SDK for Java makes of configurations: {"home", "cases": [{"file", "env", "profile"}]} on standard input, one JSON document a
 * line. It sends no request: the sign-in itself is left out.
 */
public class Cases {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode asked = json.readTree(System.in);
    java.io.PrintStream out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (JsonNode one : asked.get("cases")) {
      out.println(json.writeValueAsString(answer(asked.get("home").asText(), one)));
    }
    System.exit(0);
  }

  /** The SDK reads the variables of its process, which Java cannot change; its own tests hand it others by the same way. */
  private static Map<String, Object> answer(String home, JsonNode one) throws Exception {
    Map<String, String> variables = new HashMap<>();
    variables.put("HOME", home);
    one.get("env").fields().forEachRemaining(it -> variables.put(it.getKey(), it.getValue().asText()));
    Files.write(Path.of(home, ".databrickscfg"), one.get("file").asText().getBytes(StandardCharsets.UTF_8));
    DatabricksConfig config = new DatabricksConfig().setCredentialsProvider(new Nobody());
    config.setHttpClient(request -> { throw new java.io.IOException("no request is sent"); });
    String profile = one.get("profile").asText();
    if (!profile.isEmpty()) config.setProfile(profile);
    Method resolve = DatabricksConfig.class.getDeclaredMethod("resolve", Environment.class);
    resolve.setAccessible(true);
    try {
      resolve.invoke(config, new Environment(variables, List.of(), "Linux"));
    } catch (InvocationTargetException refused) {
      return Map.of("problem", String.valueOf(refused.getCause().getMessage()));
    }
    return Map.of("problem", "", "attributes", attributes(config));
  }

  private static Map<String, String> attributes(DatabricksConfig config) throws IllegalAccessException {
    Map<String, String> shown = new TreeMap<>();
    for (Field field : DatabricksConfig.class.getDeclaredFields()) {
      ConfigAttribute attribute = field.getAnnotation(ConfigAttribute.class);
      if (attribute == null) continue;
      field.setAccessible(true);
      Object value = field.get(config);
      // As in files: snake case.
      String name = field.getName().replaceAll("([A-Z])", "_$1").toLowerCase();
      if (value == null || value.toString().isEmpty() || List.of("auth_type", "profile", "config_file").contains(name)) continue;
      // The SDK for Java does not call the token of GitHub's runner a secret.
      boolean secret = attribute.sensitive() || name.equals("actions_id_token_request_token");
      shown.put(name, secret ? "***" : text(value));
    }
    return shown;
  }

  private static String text(Object value) {
    if (value instanceof List) return ((List<?>) value).stream().map(String::valueOf).collect(Collectors.joining(","));
    if (value instanceof java.time.Duration) return Long.toString(((java.time.Duration) value).getSeconds());
    return value.toString();
  }

  /** A way to sign in that needs nothing. */
  private static class Nobody implements CredentialsProvider {
    @Override
    public String authType() {
      return "default";
    }

    @Override
    public HeaderFactory configure(DatabricksConfig config) {
      return Map::of;
    }
  }
}
