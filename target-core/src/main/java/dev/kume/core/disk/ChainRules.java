package dev.kume.core.disk;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where the parent of a disk file is looked for, and what it must be. */
final class ChainRules {
    /** A VHD and its parent are of one size; the child of a VHDX may have grown. */
    private static final String ONE_SIZE = "vhd";

    private ChainRules() {}

    /** A file with the one that it is a child of still to be found. */
    record Link(Path path, DiskImage image) {}

    /** The path without symbolic links, so that one file has one path. */
    static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }

    /**
     * Where the parent may be: as the child says from its own place, as it says at all, and beside it under each name
     * that it gives.
     */
    static List<Path> places(Path child, ParentLink link) {
        Set<Path> places = new LinkedHashSet<>();
        add(places, child, link.relativePath());
        add(places, child, link.absolutePath());
        List<String> named = new ArrayList<>(List.of(link.relativePath(), link.absolutePath()));
        named.addAll(link.otherPaths());
        for (String path : named) {
            // A file that came from another host is named in that one's way.
            int separator = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
            add(places, child, path.substring(separator + 1));
        }
        return List.copyOf(places);
    }

    private static void add(Set<Path> places, Path child, String text) {
        if (!text.isEmpty()) {
            try {
                places.add(child.resolveSibling(text).normalize());
            } catch (InvalidPathException e) {
                // No file of this host can have that name.
                return;
            }
        }
    }

    /** Refuses a child whose parent is itself, or lies over it. */
    static void checkNoLoop(List<Link> above, ParentLink link) throws DiskFormatException {
        for (Link each : above) {
            if (link.contentId().equals(each.image().contentId())) {
                throw new DiskFormatException(("%s names as its parent the id %s, which is that of %s: its parents are"
                                + " a circle; restore the file from a copy")
                        .formatted(above.getLast().path(), link.contentId(), each.path()));
            }
        }
    }

    static void checkDepth(List<Link> above, int depthBelow) throws DiskFormatException {
        if (above.size() + depthBelow > DiskChains.DEPTH_MAX) {
            throw new DiskFormatException("%s has more than %d parents; merge some of them first"
                    .formatted(above.getFirst().path(), DiskChains.DEPTH_MAX - 1));
        }
    }

    static void checkFits(Link child, Path parent, DiskImage found) throws DiskFormatException {
        DiskImage image = child.image();
        boolean sizeFits = image.format().equals(ONE_SIZE)
                ? image.sizeBytes() == found.sizeBytes()
                : image.sizeBytes() >= found.sizeBytes();
        if (!sizeFits) {
            throw new DiskFormatException("%s is a disk of %d bytes, its parent %s one of %d; restore both from a copy"
                    .formatted(child.path(), image.sizeBytes(), parent, found.sizeBytes()));
        }
        int sector = image.sectors().logicalBytes();
        int parentSector = found.sectors().logicalBytes();
        if (sector != 0 && parentSector != 0 && sector != parentSector) {
            throw new DiskFormatException("%s has sectors of %d bytes, its parent %s has %d; restore both from a copy"
                    .formatted(child.path(), sector, parent, parentSector));
        }
    }

    /** @param others what was found instead of the parent, in words */
    static ParentException notFound(Path child, ParentLink link, List<Path> places, List<String> others) {
        if (others.isEmpty()) {
            return new ParentException(
                    "the parent of %s is missing: there is no %s; bring the file with the id %s back"
                            .formatted(child, anyOf(places), link.contentId()),
                    true);
        }
        return new ParentException(
                "the parent of %s was changed or replaced: %s, not the id %s; bring the file with that id back"
                        .formatted(child, String.join(", ", others), link.contentId()),
                false);
    }

    private static String anyOf(List<Path> places) {
        if (places.isEmpty()) {
            return "name of it in the file";
        }
        return String.join(" or ", places.stream().map(Path::toString).toList());
    }
}
