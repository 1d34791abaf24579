import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.EmptyIndex;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** Arguments: the port on loopback, and the file of the data. */
class Server {
    public static void main(String[] args) {
        // By itself it also compacts its file now and then, and lets everybody wait meanwhile.
        MVStore store = new MVStore.Builder().fileName(args[1]).autoCommitDisabled().open();
        // Space that nothing refers to is used again at once, or the file would grow by gigabytes.
        store.setRetentionTime(0);
        MongoServer server = new MongoServer(new Durable(store).version(new Version()));
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    }

    /** By itself the store writes once in a second: a kill would lose what was acknowledged since. */
    private static class Durable extends H2Backend {
        private static MVStore store;

        Durable(MVStore store) {
            super(keep(store));
        }

        /** Databases that are there already are opened by the constructor above. */
        private static MVStore keep(MVStore store) {
            Durable.store = store;
            return store;
        }

        @Override
        protected MongoDatabase openOrCreateDatabase(String name) {
            return new Indexed(name, store, getCursorRegistry());
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            commit();
            return answer;
        }
    }

    /**
     * By itself the library looks into an index only for a filter of its very fields, and into none that isn't unique; else
     * it reads every document.
     */
    private static class Indexed extends H2Database {
        Indexed(String name, MVStore store, CursorRegistry cursors) {
            super(name, store, cursors);
        }

        @Override
        protected Index<Object> openOrCreateUniqueIndex(
                String collection, String name, List<IndexKey> keys, boolean sparse) {
            String map = getFullCollectionNamespace(collection) + "._index_" + name;
            return new UniqueIndex(Durable.store.openMap(map), name, keys, sparse);
        }

        @Override
        protected Index<Object> openOrCreateSecondaryIndex(
                String collection, String name, List<IndexKey> keys, boolean sparse) {
            return new SecondaryIndex(name, keys);
        }
    }

    /** Finds candidates for any filter that has the fields of the index; the library then applies the rest of it. */
    private static class UniqueIndex extends AbstractUniqueIndex<Object> {
        private final MVMap<KeyValue, Object> positions;

        UniqueIndex(MVMap<KeyValue, Object> positions, String name, List<IndexKey> keys, boolean sparse) {
            super(name, keys, sparse);
            this.positions = positions;
        }

        @Override
        public synchronized boolean canHandle(Document filter) {
            Document own = new Document();
            for (String key : keys()) {
                if (filter.containsKey(key)) own.put(key, filter.get(key));
            }
            return super.canHandle(own);
        }

        @Override
        protected Object removeDocument(KeyValue key) {
            return positions.remove(key);
        }

        @Override
        protected boolean putKeyPosition(KeyValue key, Object position) {
            return positions.putIfAbsent(key, Missing.ofNullable(position)) == null;
        }

        @Override
        protected Iterable<Entry<KeyValue, Object>> getIterable() {
            return positions.entrySet();
        }

        @Override
        protected Object getPosition(KeyValue key) {
            return positions.get(key);
        }

        @Override
        public long getCount() {
            return positions.sizeAsLong();
        }

        @Override
        public boolean isEmpty() {
            return positions.isEmpty();
        }

        @Override
        public long getDataSize() {
            return getCount();
        }
    }

    /** Finds candidates by the text in its first field. In memory: the library fills it anew from the documents. */
    private static class SecondaryIndex extends EmptyIndex<Object> {
        private final Map<Object, Map<Object, Object>> positions = new HashMap<>();

        SecondaryIndex(String name, List<IndexKey> keys) {
            super(name, keys);
        }

        private Object first(Document document) {
            return document.get(keys().get(0));
        }

        @Override
        public synchronized void add(Document document, Object position, MongoCollection<Object> collection) {
            positions.computeIfAbsent(first(document), key -> new HashMap<>()).put(document.get("_id"), position);
        }

        @Override
        public synchronized Object remove(Document document) {
            Map<Object, Object> sharing = positions.get(first(document));
            Object position = sharing == null ? null : sharing.remove(document.get("_id"));
            if (sharing != null && sharing.isEmpty()) positions.remove(first(document));
            return position;
        }

        @Override
        public synchronized void updateInPlace(
                Document before, Document after, Object position, MongoCollection<Object> collection) {
            remove(before);
            add(after, position, collection);
        }

        @Override
        public synchronized boolean canHandle(Document filter) {
            return first(filter) instanceof String;
        }

        @Override
        public synchronized Iterable<Object> getPositions(Document filter) {
            return List.copyOf(positions.getOrDefault(first(filter), Map.of()).values());
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
