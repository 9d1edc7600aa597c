package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.condatainer.lock.MountPoints.MountPoint;

/**
 * The file system on which an image lies.
 *
 * @param type its type: {@code ext4}, {@code nfs4}, {@code lustre}
 * @param shared whether other machines can have it too, as far as the type tells
 * @param locksReachOtherNodes whether a lock that is taken here is seen on all other machines that
 *     can have the file: not so with Lustre unless mounted with {@code flock} (mount.lustre(8)),
 *     with NFS's {@code nolock} and {@code local_lock} (nfs(5)), with CIFS's {@code nobrl}
 *     (mount.cifs(8)), with {@code localflocks} of GFS2 and OCFS2, with OCFS2 on its own cluster
 *     stack, which has no fcntl locks (linux/fs/ocfs2/file.c, ocfs2_fops_no_plocks), on BeeGFS
 *     ({@code tuneUseGlobalFileLocks = false} in beegfs-client.conf), on AFS, and on a file system
 *     of which it is not known (sshfs, 9p, virtiofs, and most others that are served by FUSE)
 * @param locksEndWithTheirMachine whether a lock that another machine has tells that this one
 *     lives: a server of NFSv4 takes away the locks of a client that it has not heard of for some
 *     90 seconds (RFC 8881, 8.3; tried with Linux 6.1)
 */
public record ImageMount(
    String type, boolean shared, boolean locksReachOtherNodes, boolean locksEndWithTheirMachine) {
  private static final Set<String> LOCAL =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "bcachefs",
          "zfs",
          "f2fs",
          "jfs",
          "reiserfs",
          "nilfs2",
          "tmpfs",
          "ramfs",
          "rootfs",
          "overlay",
          "aufs",
          "fuse.fuse-overlayfs",
          "squashfs",
          "erofs",
          "iso9660",
          "vfat",
          "exfat",
          "ntfs3",
          "fuseblk");

  /** Shared file systems whose locks are everybody's, if no option says otherwise. */
  private static final Set<String> COHERENT =
      Set.of(
          "nfs",
          "nfs4",
          "lustre",
          "gpfs",
          "ceph",
          "fuse.ceph",
          "fuse.ceph-fuse",
          "ocfs2",
          "gfs2",
          "panfs",
          "wekafs",
          "cifs",
          "smb3",
          "fuse.glusterfs");

  public ImageMount {
    requireNonNull(type, "type is null");
  }

  /**
   * The mount on which a file or folder lies.
   *
   * @param real its path, without links
   */
  public static ImageMount of(Path real) throws IOException {
    return of(real, MountPoints.read());
  }

  static ImageMount of(Path real, MountPoints mounts) {
    String type = mounts.of(real).map(MountPoint::type).orElse("");
    boolean local = LOCAL.contains(type);
    List<String> options = mounts.of(real).map(MountPoint::options).orElse(List.of());
    boolean reach = local || isCoherent(type, options);
    return new ImageMount(type, !local, reach, reach && type.equals("nfs4"));
  }

  /** The same, seen on the server itself, of a file that a client of NFSv4 has locked. */
  ImageMount servedByNfs4() {
    return new ImageMount(type, shared, locksReachOtherNodes, true);
  }

  private static boolean isCoherent(String type, List<String> options) {
    if (type.equals("lustre")) {
      return options.contains("flock");
    }
    if (type.equals("ocfs2")
        && !options.contains("cluster_stack=pcmk")
        && !options.contains("cluster_stack=cman")) {
      return false;
    }
    return COHERENT.contains(type)
        && !options.contains("localflocks")
        && !options.contains("lockproto=lock_nolock")
        && !options.contains("nolock")
        && !options.contains("local_lock=all")
        && !options.contains("local_lock=posix")
        && !options.contains("nobrl");
  }
}
