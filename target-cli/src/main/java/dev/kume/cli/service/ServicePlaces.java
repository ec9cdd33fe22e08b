package dev.kume.cli.service;

import java.nio.file.Path;
import java.util.List;

/**
 * What the service of a daemon has to reach, by its settings and its inventory.
 *
 * @param state   the state directory
 * @param disks   where new disks go
 * @param images  the folders of all disks that there are, besides; without repetition
 * @param socket  of the management
 * @param ports   on which initiators connect
 */
public record ServicePlaces(Path state, Path disks, List<Path> images, Path socket, List<Integer> ports) {
    public ServicePlaces {
        images = List.copyOf(images);
        ports = List.copyOf(ports);
    }
}
