import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;

/** Arguments: the port on loopback, and the file of the data. */
class Server {
    public static void main(String[] args) {
        MVStore store = new MVStore.Builder().fileName(args[1]).open();
        // Space that nothing refers to is used again at once, or the file would grow by gigabytes.
        store.setRetentionTime(0);
        MongoServer server = new MongoServer(new Durable(store).version(new Version()));
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    }

    /** By itself the store writes once in a second: a kill would lose what was acknowledged since. */
    private static class Durable extends H2Backend {
        Durable(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            commit();
            return answer;
        }
    }

    /** The newest that the library knows calls itself older than the drivers take, and understands them all the same. */
    private static class Version implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
            return 9;
        }
    }
}
