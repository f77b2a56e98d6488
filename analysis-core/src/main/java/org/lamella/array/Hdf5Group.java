package org.lamella.array;

import io.jhdf.AbstractNode;
import io.jhdf.CommittedDatatype;
import io.jhdf.Constants;
import io.jhdf.FractalHeap;
import io.jhdf.GroupSymbolTableNode;
import io.jhdf.LocalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.SymbolTableEntry;
import io.jhdf.Utils;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.NodeType;
import io.jhdf.btree.BTreeV1;
import io.jhdf.btree.BTreeV2;
import io.jhdf.btree.record.LinkNameForIndexedGroupRecord;
import io.jhdf.dataset.DatasetLoader;
import io.jhdf.dataset.NoParent;
import io.jhdf.exceptions.HdfException;
import io.jhdf.links.ExternalLink;
import io.jhdf.links.SoftLink;
import io.jhdf.object.message.DataSpaceMessage;
import io.jhdf.object.message.DataTypeMessage;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.object.message.SymbolTableMessage;
import io.jhdf.storage.HdfBackingStorage;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group, put together from jhdf's readers of its parts, because jhdf's own group takes no storage but jhdf's. Links are listed
 * and not followed.
 */
final class Hdf5Group extends AbstractNode implements Group {
    private final HdfBackingStorage storage;
    private @Nullable Map<String, Node> children;

    private Hdf5Group(HdfBackingStorage storage, long address, String name, Group parent) {
        super(storage, address, name, parent);
        this.storage = storage;
    }

    /** The group that holds all others. */
    static Hdf5Group root(HdfBackingStorage storage) {
        long address;
        if (storage.getSuperblock() instanceof io.jhdf.Superblock.SuperblockV0V1 old) {
            long entry = old.getRootGroupSymbolTableAddress() - old.getBaseAddressByte();
            address = new SymbolTableEntry(storage, entry).getObjectHeaderAddress();
        } else if (storage.getSuperblock() instanceof io.jhdf.Superblock.SuperblockV2V3 later) {
            address = later.getRootGroupObjectHeaderAddress();
        } else {
            throw new HdfException("its superblock is of a version that is not read");
        }
        return new Hdf5Group(storage, address, "", NoParent.INSTANCE);
    }

    @Override
    public synchronized Map<String, Node> getChildren() {
        if (children == null) {
            ObjectHeader header = getHeader();
            children = Collections.unmodifiableMap(
                    header.hasMessageOfType(SymbolTableMessage.class) ? ofSymbols(header) : ofLinks(header));
        }
        return children;
    }

    /** Groups of the first version: a B-tree of tables of symbols, whose names lie in a heap. */
    private Map<String, Node> ofSymbols(ObjectHeader header) {
        SymbolTableMessage table = header.getMessageOfType(SymbolTableMessage.class);
        ByteBuffer names = new LocalHeap(storage, table.getLocalHeapAddress()).getDataBuffer();
        Map<String, Node> found = new LinkedHashMap<>();
        for (long node :
                BTreeV1.createGroupBTree(storage, table.getBTreeAddress()).getChildAddresses()) {
            for (SymbolTableEntry symbol : new GroupSymbolTableNode(storage, node).getSymbolTableEntries()) {
                String child = text(names, symbol.getLinkNameOffset());
                put(
                        found,
                        child,
                        switch (symbol.getCacheType()) {
                            case 0 -> node(child, symbol.getObjectHeaderAddress());
                            case 1 -> new Hdf5Group(storage, symbol.getObjectHeaderAddress(), child, this);
                            case 2 -> new SoftLink(text(names, symbol.getLinkValueOffset()), child, this);
                            default -> throw new HdfException("symbol " + child + " is of no kind that is known");
                        });
            }
        }
        return found;
    }

    private static String text(ByteBuffer names, int at) {
        return Utils.readUntilNull(names.position(at));
    }

    /** Groups of the second version: links in the header or, if they are many, in a heap with a B-tree. */
    private Map<String, Node> ofLinks(ObjectHeader header) {
        LinkInfoMessage info = header.getMessageOfType(LinkInfoMessage.class);
        List<LinkMessage> links;
        if (info.getBTreeNameIndexAddress() == Constants.UNDEFINED_ADDRESS) {
            links = header.getMessagesOfType(LinkMessage.class);
        } else {
            var heap = new FractalHeap(storage, info.getFractalHeapAddress());
            var tree = new BTreeV2<LinkNameForIndexedGroupRecord>(storage, info.getBTreeNameIndexAddress());
            links = tree.getRecords().stream()
                    .map(link -> LinkMessage.fromBuffer(heap.getId(link.getId()), storage.getSuperblock()))
                    .collect(Collectors.toList());
        }
        Map<String, Node> found = new LinkedHashMap<>();
        for (LinkMessage link : links) {
            String child = link.getLinkName();
            put(
                    found,
                    child,
                    switch (link.getLinkType()) {
                        case HARD -> node(child, link.getHardLinkAddress());
                        case SOFT -> new SoftLink(link.getSoftLink(), child, this);
                        case EXTERNAL -> new ExternalLink(link.getExternalFile(), link.getExternalPath(), child, this);
                    });
        }
        return found;
    }

    private static void put(Map<String, Node> found, String name, Node node) {
        if (found.put(name, node) != null) {
            throw new HdfException("two parts of a group are called '" + name + "'");
        }
    }

    private Node node(String child, long at) {
        ObjectHeader header = ObjectHeader.readObjectHeader(storage, at);
        if (header.hasMessageOfType(DataSpaceMessage.class)) {
            return DatasetLoader.createDataset(storage, header, child, this);
        }
        return header.hasMessageOfType(DataTypeMessage.class)
                ? new CommittedDatatype(storage, at, child, this)
                : new Hdf5Group(storage, at, child, this);
    }

    @Override
    public @Nullable Node getChild(String child) {
        return getChildren().get(child);
    }

    @Override
    public String getPath() {
        return getParent() == NoParent.INSTANCE ? "/" : super.getPath() + "/";
    }

    @Override
    public NodeType getType() {
        return NodeType.GROUP;
    }

    @Override
    public boolean isLinkCreationOrderTracked() {
        ObjectHeader header = getHeader();
        return header.hasMessageOfType(LinkInfoMessage.class)
                && header.getMessageOfType(LinkInfoMessage.class).isLinkCreationOrderTracked();
    }

    @Override
    public Iterator<Node> iterator() {
        return getChildren().values().iterator();
    }

    /** Not used here: a path could lead over links. */
    @Override
    public Node getByPath(String path) {
        throw new UnsupportedOperationException("children are asked for by their names");
    }

    @Override
    public Dataset getDatasetByPath(String path) {
        throw new UnsupportedOperationException("children are asked for by their names");
    }
}
