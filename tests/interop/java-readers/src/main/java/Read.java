import com.databricks.internal.fasterxml.jackson.databind.JsonNode;
import com.databricks.internal.fasterxml.jackson.databind.ObjectMapper;
import com.databricks.internal.sdk.core.DatabricksConfig;
import com.databricks.jdbc.api.impl.DatabricksConnectionContextFactory;
import com.databricks.jdbc.api.internal.IDatabricksConnectionContext;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.tools.ToolProvider;

/** Reads exports as Databricks' own JDBC driver and SDK do: {"reader": NAME, "exports": [{file: text}, ...]} in, a JSON list of objects out. */
public class Read {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode asked = json.readTree(System.in);
    List<String> exports = new ArrayList<>();
    asked.get("exports").forEach(files -> exports.add(files.elements().next().asText()));
    java.io.PrintStream out = System.out;
    List<Map<String, String>> found;
    switch (asked.get("reader").asText()) {
      case "JDBC driver":
        found = new ArrayList<>();
        for (String url : exports) found.add(context(url.trim(), new Properties()));
        break;
      case "JDBC driver, properties":
        found = programs(exports);
        break;
      default:
        found = new ArrayList<>();
        for (String file : exports) found.add(profile(file));
    }
    out.println(json.writeValueAsString(found));
    System.exit(0);
  }

  private static void put(Map<String, String> found, String name, String value) {
    if (value != null) found.put(name, value);
  }

  /** What the driver makes of an address and properties. */
  private static Map<String, String> context(String url, Properties properties) throws Exception {
    IDatabricksConnectionContext context = DatabricksConnectionContextFactory.create(url, properties);
    Map<String, String> found = new HashMap<>();
    put(found, "authority", context.getHostUrl().replaceFirst("^https://", ""));
    put(found, "httppath", context.getHttpPath());
    java.lang.reflect.Field parameters = context.getClass().getDeclaredField("parameters");
    parameters.setAccessible(true);
    put(found, "uid", (String) ((Map<?, ?>) parameters.get(context)).get("uid"));
    boolean byToken = context.getAuthMech().name().equals("PAT");
    put(found, "authmech", byToken ? "3" : "11");
    if (byToken) {
      put(found, "pwd", context.getToken());
    } else {
      put(found, "auth_flow", Integer.toString(context.getAuthFlow().ordinal()));
      put(found, "oauth2clientid", context.getClientId());
      put(found, "oauth2secret", context.getClientSecret());
    }
    put(found, "conncatalog", context.getCatalog());
    put(found, "connschema", context.getSchema());
    return found;
  }

  /** The only profile of a file. */
  private static Map<String, String> profile(String text) throws Exception {
    Path file = Files.createTempFile("profiles", ".cfg");
    try {
      Files.writeString(file, text);
      String name = text.substring(text.indexOf('[') + 1, text.indexOf("]\n"));
      DatabricksConfig config = new DatabricksConfig().setConfigFile(file.toString()).setProfile(name);
      config.setHttpClient(request -> { throw new java.io.IOException("nothing is asked"); });
      config.resolve();
      Map<String, String> found = new HashMap<>();
      put(found, "section", name);
      put(found, "host", config.getHost());
      put(found, "auth_type", config.getAuthType());
      put(found, "token", config.getToken());
      put(found, "client_id", config.getClientId());
      put(found, "client_secret", config.getClientSecret());
      put(found, "databricks_cli_path", config.getDatabricksCliPath());
      return found;
    } finally {
      Files.delete(file);
    }
  }

  /** Compiles and runs programs; the driver is handed what they ask for, and connects to nothing. */
  private static List<Map<String, String>> programs(List<String> sources) throws Exception {
    Path folder = Files.createTempDirectory("programs");
    List<String> arguments = new ArrayList<>(List.of("-encoding", "windows-1252", "-d", folder.toString()));
    for (int at = 0; at < sources.size(); at++) {
      Path file = folder.resolve("Main" + at + ".java");
      Files.writeString(file, sources.get(at).replaceFirst("class Main ", "public class Main" + at + " "));
      arguments.add(file.toString());
    }
    int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
    if (code != 0) throw new IllegalStateException("they do not compile");
    for (Driver driver : Collections.list(DriverManager.getDrivers())) DriverManager.deregisterDriver(driver);
    List<Map<String, String>> found = new ArrayList<>();
    DriverManager.registerDriver(new Before(found));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      java.io.PrintStream out = System.out;
      System.setOut(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
      for (int at = 0; at < sources.size(); at++) {
        loader.loadClass("Main" + at).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
      }
      System.setOut(out);
    }
    return found;
  }

  private static class Before implements Driver {
    private final List<Map<String, String>> found;

    Before(List<Map<String, String>> found) {
      this.found = found;
    }

    public Connection connect(String url, Properties properties) throws SQLException {
      try {
        found.add(context(url, properties));
      } catch (Exception refused) {
        throw new SQLException(refused);
      }
      Object nothing =
          java.lang.reflect.Proxy.newProxyInstance(Read.class.getClassLoader(), new Class<?>[] {Connection.class}, (of, method, with) -> null);
      return (Connection) nothing;
    }

    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:databricks:");
    }

    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    public int getMajorVersion() {
      return 1;
    }

    public int getMinorVersion() {
      return 0;
    }

    public boolean jdbcCompliant() {
      return false;
    }

    public Logger getParentLogger() {
      return null;
    }
  }
}
