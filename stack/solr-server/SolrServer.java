import java.nio.file.Path;
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** Solr on loopback in one process: java SolrServer HOME PORT. Ends on SIGTERM, with its index committed. */
public final class SolrServer {
  public static void main(String[] args) throws Exception {
    System.setProperty("solr.log.dir", Path.of(args[0], "logs").toString());
    JettyConfig config = JettyConfig.builder().setContext("/solr").setPort(Integer.parseInt(args[1])).build();
    JettySolrRunner solr = new JettySolrRunner(args[0], config);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        solr.stop();
      } catch (Exception reason) {
        System.err.println("Solr did not stop cleanly: " + reason);
      }
    }));
    solr.start(false);
    Thread.currentThread().join();
  }
}
