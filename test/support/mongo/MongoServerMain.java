import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import java.util.List;

/** An in-memory server on a port of its own that ends with its standard input: whoever started it has ended then. */
public final class MongoServerMain {
  /** The oldest version that the driver speaks to; the server's own is one too old. */
  private static final class Version implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(4, 4, 0);
    }

    @Override
    public int getWireVersion() {
      return 9;
    }
  }

  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend().version(new Version()));
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    server.bind(new InetSocketAddress("127.0.0.1", port));
    System.out.println("listening on " + server.getLocalAddress().getPort());
    while (System.in.read() >= 0) {
      // Nothing is expected but the end.
    }
    server.shutdownNow();
    System.exit(0);
  }
}
