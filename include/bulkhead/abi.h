/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the BPF programs, the kernel module and the loader all see: the keys and
 * values of the pinned maps, the record of a denial, and the ABI version.
 *
 * Every number in a label is ours, not libsepol's: a type gets its id when the
 * loader publishes the policy that declares it, and the id is never given to
 * another type before `bulkhead unload`. Classes and permissions are numbered by
 * their place in BASE (bulkhead/classmap.h is generated from it).
 */
#ifndef BULKHEAD_ABI_H
#define BULKHEAD_ABI_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Raised whenever a struct or constant below changes its meaning or size. */
#define BH_ABI_VERSION 8U

#define BH_PIN_DIR "/sys/fs/bpf/bulkhead"

#define BH_NAME_MAX 64 /* bytes of a type, container or policy name, with NUL */
#define BH_ID_MAX 72 /* bytes of a container's id, with NUL; podman's has 64 digits */
#define BH_FSNAME_MAX 16 /* bytes of a file system's name, with NUL */
#define BH_COMM_MAX 16 /* TASK_COMM_LEN */
#define BH_GRANTS_MAX 512 /* bytes of the names of a module's grants, with NUL */
#define BH_XATTR_LABEL "security.bulkhead" /* a label that lasts, as a context */
#define BH_XATTR_SELINUX "security.selinux"
#define BH_FILENAME_MAX 256 /* bytes of a new file's name in a rule, with NUL */
#define BH_PATH_TAIL 64 /* bytes of an object's last path component, with NUL */
#define BH_MAX_CONTAINERS 16384U
#define BH_MAX_POLICIES 4096U
#define BH_MAX_TYPES 65536U
#define BH_CGROUP_DEPTH 16 /* deepest level at which a container is registered */
#define BH_NR_CATEGORIES 1024U
#define BH_MAX_LEASES 64 /* volumes of one container */

/* No label at all: for a task, the host's own. */
#define BH_TYPE_NONE 0U

/*
 * A category set is one u32. Zero is the empty set (`s0`). A set of one or two
 * categories is its own description, BH_CATSET_PAIR | low << 10 | high (a single
 * category has low == high), so that it needs no table and means the same for as
 * long as a file carries it. Any other set is BH_CATSET_WIDE | n, where n indexes
 * bh_catsets.
 */
#define BH_CATSET_EMPTY 0U
#define BH_CATSET_PAIR 0x80000000U
#define BH_CATSET_WIDE 0x40000000U
#define BH_CATSET_LOW(set) (((set) >> 10) & 0x3ffU)
#define BH_CATSET_HIGH(set) ((set)&0x3ffU)
#define BH_CATSET_MAKE(low, high) (BH_CATSET_PAIR | (low) << 10 | (high))

/*
 * A label: what SELinux calls a context, without user and role, which no
 * container policy distinguishes.
 */
struct bh_label {
	__u32 type; /* type id; BH_TYPE_NONE: not labelled */
	__u32 catset;
};

_Static_assert(sizeof(struct bh_label) == 8, "bh_label is part of map values");

/* Mode of the host (bh_settings.mode). */
#define BH_MODE_AUTO 0U /* enforce exactly while SELinux does not */
#define BH_MODE_ENFORCING 1U
#define BH_MODE_PERMISSIVE 2U

/*
 * Map bh_settings, one element. Written by `bulkhead load` before anything is
 * attached, and by mode changes; read by every program on the path of a denial.
 */
struct bh_settings {
	__u32 abi_version; /* BH_ABI_VERSION */
	__u32 mode; /* BH_MODE_... */
	__u32 base_policy; /* id of the policy that BASE alone makes */
	__u32 next_type; /* next unused type id; loader only, under its lock */
	__u32 next_policy; /* next unused policy id; loader only, under its lock */
	__u32 type_unlabeled; /* unlabeled_t: what nothing labels */
	__u32 type_host; /* unconfined_t: tasks of the host and their sockets */
	__u32 type_node; /* node_t: every address */
	__u32 type_device; /* device_t: a device without a type of its own */
	__u32 type_container; /* container_t: the domain of a container without a module */
	__u32 type_file; /* container_file_t: what is on its mounts */
	/* The loader's own, under its lock. */
	__u32 next_lease; /* next unused lease */
	__u32 seqno; /* raised after rows were exchanged or removed: older copies end */
	__u32 dirty; /* 1: somebody changes state, or was killed while he did */
	__u32 stops; /* of containers with a policy of their own, since the last collection */
	__u32 stops_kib; /* what those policies have in the maps, together */
	__u8 base_digest[32]; /* SHA-256 of BASE's text, as loaded */
	__u32 reserved;
	__u32 attributes; /* 1: labels that are attributes are read and kept */
};

_Static_assert(sizeof(struct bh_settings) == 104, "bh_settings is read by an older loader");

/*
 * Map bh_signals_asked, one element (u32), not 0 once any process has entered a domain that may not
 * send itself each signal, or rows were exchanged, which are also of domains that are running. Until
 * then a process' own signals need no look-up of its label, which costs more than all of kill(2):
 * runtimes stop their threads by signals. Never 0 again.
 */

/* What a directory says of what is in it, as in bh_inode. */
struct bh_search {
	__u64 inode; /* its address; 0: none */
	struct bh_label label; /* of the mark or the file system that it is, or is below */
	__u32 automaton; /* 0: none */
	__u32 state; /* of that automaton, at the directory */
};

/*
 * Map bh_tasks, task storage. Written by the programs on execve and fork only.
 * A task without an element, or with domain BH_TYPE_NONE, is the host's.
 */
struct bh_task {
	__u32 domain; /* type id of the process */
	__u32 catset;
	__u32 policy; /* key in bh_policies */
	__u32 flags; /* BH_TASK_... */
	__u64 container; /* key in bh_containers */
	__u32 next_domain; /* after the execve under way; BH_TYPE_NONE: there is none */
	/* A creation that has been allowed but whose inode is not there yet. */
	__u32 create_hash; /* hash of its name */
	__u64 create_dentry; /* address of its dentry; 0: none */
	__u64 create_parent; /* address of its directory's dentry */
	struct bh_label create_label;
};

_Static_assert(sizeof(struct bh_task) == 56, "bh_task begins a map value");

/* A program or its interpreter, about which execve asks without a name. */
struct bh_program {
	__u64 inode; /* its address; 0: none */
	struct bh_label label;
};

/* What bh_tasks holds. Apart, as a copy of bh_task goes on the programs' small stack. */
struct bh_subject {
	struct bh_task task;
	/* Of `strict`: the last directory that it looked into, the last two programs opened. */
	struct bh_search search;
	struct bh_program programs[2];
	/* The type of directories with its own categories that it may search, by the rows of then. */
	__u32 searched_type; /* BH_TYPE_NONE: not known */
	__u32 searched_seqno;
};

/* With 8 bytes more the kernel's element would take 256 bytes, not 192. */
_Static_assert(sizeof(struct bh_subject) == 120, "bh_subject is a map value");

#define BH_TASK_PERMISSIVE 1U /* the domain's denials are logged only */
#define BH_TASK_FIRST_DOMAIN 2U /* no transition since the container's first process */
#define BH_TASK_FILETRANS 4U /* its policy may give new files types of their own */
#define BH_TASK_SHARED 8U /* the container has shared volumes, or files of the host's */

/*
 * Map bh_inodes, inode storage. A mark is written by the loader on the root of a
 * mount; the rest by the programs: when a container creates a file, when a process'
 * directory of /proc is made, and when a container first looks into a directory.
 */
struct bh_inode {
	struct bh_label label; /* of a mark, or of the inode itself by its flags */
	__u32 flags; /* BH_INODE_... */
	__u32 lease; /* of a mark: key in bh_leases while it holds; 0: as long as the inode */
	__u32 automaton; /* of a mark: key in bh_automata for what is below; 0: none */
	__u32 state; /* of a mark: of that automaton, at the mark's path */
	/* What a directory's place says; holds while bh_generation is still what it was then. */
	__u64 generation; /* 0: nothing */
	struct bh_label above; /* of the mark or the file system that it is below */
	__u32 above_automaton; /* 0: none */
	__u32 above_state; /* of that automaton, at the directory */
	__u32 above_type; /* that the state gives a directory; BH_TYPE_NONE: none */
	__u32 policy; /* of BH_INODE_STRANGE: whose type it is */
};

_Static_assert(sizeof(struct bh_inode) == 56, "bh_inode is a map value");

#define BH_INODE_MARK 1U /* root of a mount: holds for all that is below */
#define BH_INODE_CREATED 2U /* made by a container: holds for this inode */
#define BH_INODE_TASK 4U /* a process' directory in /proc */
#define BH_INODE_ASKED 8U /* its attribute was read; what it said, by the next two */
#define BH_INODE_ATTRIBUTE 16U /* has one, which holds where what is above is s0 */
#define BH_INODE_STRANGE 32U /* its type is none of BASE's: who has another policy asks again */
#define BH_INODE_KEYED 64U /* its type holds below a container's own categories, too, with these */

/*
 * Map bh_generation, one element (u64), mapped into the loader: what is kept in directories
 * holds while it has not changed. Raised after marks and leases of directories change, and
 * before a directory is renamed. Never 0.
 */

/*
 * Map bh_containers, keyed by the id of the container's cgroup (its inode number,
 * u64). Written by the loader at start and deleted by it at stop. cgroup_release marks
 * it as gone and puts its key into the queue bh_released, so that whoever changes state
 * next deletes it, with all that it had, should nobody have called the stop.
 */
struct bh_container {
	__u32 domain; /* type of its first process */
	__u32 catset;
	__u32 policy;
	__u32 flags; /* BH_TASK_... for its first process; BH_CONTAINER_GONE */
	__u64 mntns; /* inode number of its mount namespace */
	__u64 denials; /* counted by the programs, atomically */
	__u64 left; /* tasks that were moved out of the cgroup since the start */
	char id[BH_ID_MAX]; /* the engine's id, cut if it is longer */
	char name[BH_NAME_MAX]; /* the engine's name, empty if not known */
	char module[BH_NAME_MAX]; /* what the policy came from; empty: BASE alone */
	__u32 leases[BH_MAX_LEASES]; /* of the marks that it needs; 0: unused */
};

_Static_assert(sizeof(struct bh_container) == 496, "bh_container is a map value");

#define BH_CONTAINER_GONE 0x80000000U /* its cgroup is no more */

/*
 * Map bh_names, by a name of BH_ID_MAX bytes, NUL-padded. Loader only. The engine's id of a
 * container gives the key in bh_containers (u64), "=" and the digits of bh_policyinfo.key
 * the id of the published policy.
 */
#define BH_NAME_OF_POLICY '='

/*
 * Map bh_pairs, by category set: the key in bh_containers of who has it. Loader only.
 */
#define BH_PAIR_SHARED (1ULL << 63) /* perhaps others have claimed it, too */

/*
 * Map bh_leases, by lease (u32); the value (u32) is how often registered containers have
 * it. The inode at the root of a volume
 * is the host's and may outlive every container that has it mounted: its mark holds while
 * a container that needs it is registered, and the loader then deletes the lease. A lease
 * is never given twice.
 */
#define BH_LEASE_OF_ROOT 0x80000000U /* beside the number: its mark lies where the host's was */

/*
 * An access vector: bh_policies holds, by policy id (u32), a table from this key to this row,
 * which is an array of buckets (av_table.h). No row means no permission.
 */
struct bh_av_key {
	__u32 source; /* type id of the process */
	__u32 target; /* type id of the object */
	__u32 tclass; /* BH_CLASS_... */
};

struct bh_av_row {
	__u32 allowed; /* when the subject's categories contain the object's */
	__u32 allowed_apart; /* when they do not */
	__u32 dontaudit; /* denied without a record */
	__u32 transition; /* type_transition's new type id; 0: the default; BH_TRANSITION_... */
};

#define BH_TRANSITION_NAMED 0x80000000U /* for some names bh_filetrans has another type */

/*
 * The row {domain, 0, 0}: what holds for a domain itself; allowed is BH_TASK_... There is
 * none where that is 0.
 */

#define BH_AV_WAYS 4

/* A key whose source is 0 is none. */
struct bh_av_bucket {
	struct bh_av_key key[BH_AV_WAYS];
	struct bh_av_row row[BH_AV_WAYS];
};

_Static_assert(sizeof(struct bh_av_bucket) == 112, "bh_av_bucket is a map value");

/*
 * Type transitions by the name of a new file: bh_filetrans holds, by policy id (u32), a hash from
 * this key to a type id (u32). Only what has BH_TRANSITION_NAMED in its row is looked up there.
 */
struct bh_filetrans {
	__u32 source; /* type id of the process */
	__u32 target; /* type id of the directory */
	__u32 tclass; /* BH_CLASS_... of the new file */
	char name[BH_FILENAME_MAX]; /* NUL-padded */
};

_Static_assert(sizeof(struct bh_filetrans) == 268, "bh_filetrans is a map key");

/*
 * Labels by path: bh_automata holds an array of rows, one for each state of an automaton over
 * the bytes of paths, by policy id (u32): a module's for its containers' own files, BASE's for
 * the host's, and BH_AUTOMATON_FS | n for what genfscon says of a file system. Row 0 is the
 * dead state, all zero; in the place of row 1 stand the classes of bytes. A label of 0 is none:
 * what is above holds.
 */
#define BH_AUTOMATON_FS 0x80000000U
#define BH_AUTOMATON_CLASSES 128 /* a power of two, so that an index can be masked */
#define BH_ROW_DEAD 0U
#define BH_ROW_BYTES 1U /* the row that is struct bh_automaton_bytes */
#define BH_ROW_FIRST 2U /* first row of another state */
#define BH_NR_KINDS 8

/* Kinds of objects; in a rule BH_KIND_ANY stands for all of them. */
#define BH_KIND_ANY 0U
#define BH_KIND_FILE 1U
#define BH_KIND_DIR 2U
#define BH_KIND_CHAR 3U
#define BH_KIND_BLOCK 4U
#define BH_KIND_SOCKET 5U
#define BH_KIND_PIPE 6U
#define BH_KIND_SYMLINK 7U

struct bh_automaton_row {
	__u16 next[BH_AUTOMATON_CLASSES]; /* row of the state after a byte of this class */
	__u32 label[BH_NR_KINDS]; /* type id of an object whose path ends here */
};

struct bh_automaton_bytes {
	__u8 class[256]; /* below BH_AUTOMATON_CLASSES */
	__u32 reserved[BH_NR_KINDS];
};

_Static_assert(sizeof(struct bh_automaton_row) == 288, "bh_automaton_row is a map value");
_Static_assert(sizeof(struct bh_automaton_bytes) == 288, "it stands in the place of a row");

/* Map bh_types, by type id (u32). Written by the loader; the programs need it for audit. */
struct bh_type {
	char name[BH_NAME_MAX];
	__u32 policy; /* the policy that declares it */
	__u32 reserved;
};

_Static_assert(sizeof(struct bh_type) == 72, "bh_type is a map value");

/* Map bh_typenames: the id of a type (u32) by its name. Written with bh_types. */
struct bh_typename {
	char name[BH_NAME_MAX]; /* NUL-padded */
	__u32 policy; /* the policy that declares it */
};

_Static_assert(sizeof(struct bh_typename) == 68, "bh_typename is a map key");

/* What an attribute says: a label whose type is a name. */
struct bh_context {
	struct bh_typename type; /* of whichever policy */
	__u32 catset; /* BH_CATSET_EMPTY or BH_CATSET_PAIR | ... */
};

_Static_assert(sizeof(struct bh_context) == 72, "the module fills in a program's bh_context");

/* Map bh_policyinfo, by policy id (u32). Loader only. */
struct bh_policyinfo {
	__u8 digest[32]; /* SHA-256 of the module's text; zero for BASE */
	__u8 key[32]; /* SHA-256 of the module, its grants and the program */
	char module[BH_NAME_MAX]; /* the name of an installed one; else where it came from */
	char grants[BH_GRANTS_MAX]; /* their names, a blank between them */
	__u32 flags; /* BH_POLICY_... */
	__u32 first_type; /* its own types' ids follow each other */
	__u32 kib; /* of memory that it takes, about */
	__u32 reserved;
};

#define BH_POLICY_TRUSTED 1U /* the administrator installed the module */

_Static_assert(sizeof(struct bh_policyinfo) == 656, "bh_policyinfo is a map value");

/* Map bh_filesystems, keyed by the name of the file system, NUL-padded. */
struct bh_filesystem {
	__u32 type;
	__u32 flags; /* BH_FS_... */
	__u32 automaton; /* key in bh_automata for what is below its root; 0: none */
	__u32 reserved;
};

_Static_assert(sizeof(struct bh_filesystem) == 16, "bh_filesystem is a map value");

/* Only the kernel's own mounts: a mount that users see needs a mark. */
#define BH_FS_INTERNAL 1U
/* The file system itself, as an object: its files need a mark. */
#define BH_FS_DISK 2U

/* Map bh_devices, keyed by device number; the value is a type id (u32). */
struct bh_device {
	__u32 major;
	__u32 minor;
	__u32 block; /* 1: block, 0: character device */
};

_Static_assert(sizeof(struct bh_device) == 12, "bh_device is a map key");

/*
 * Map bh_ports, an array by port number: the type id of a port in each protocol.
 * BASE's types come first, so their ids fit 16 bits.
 */
struct bh_port {
	__u16 tcp;
	__u16 udp;
	__u16 dccp;
	__u16 sctp;
};

_Static_assert(sizeof(struct bh_port) == 8, "bh_port is a map value");

/* Map bh_catsets, keyed by n of BH_CATSET_WIDE | n. */
struct bh_catset {
	__u64 bits[BH_NR_CATEGORIES / 64];
};

_Static_assert(sizeof(struct bh_catset) == 128, "bh_catset is a map value");

/* Map bh_counters, a per-CPU array of u64. */
#define BH_COUNT_DENIED 0U /* verdicts that denied and were enforced */
#define BH_COUNT_PERMITTED 1U /* verdicts that denied, but not enforced */
#define BH_COUNT_LOST 2U /* records that found the ring buffer full */
#define BH_COUNT_NOMEM 3U /* storage that could not be allocated */
#define BH_COUNT_NOPOLICY 4U /* a container's task whose policy is gone */
#define BH_COUNT_TOODEEP 5U /* objects too deep below their mount's root */
#define BH_COUNT_NESTED 6U /* cgroups made below a container's */
#define BH_COUNT_MOVING 7U /* objects that were renamed faster than they could be labelled */
#define BH_COUNT_UNAUDITED 8U /* records that the audit log did not take */
#define BH_COUNT_NAMELESS 9U /* objects that were asked about without a name */
#define BH_COUNT_BADNAME 10U /* new files whose name could not be looked up */
#define BH_COUNT_UNREADABLE 11U /* attributes that say no label */
#define BH_COUNT_UNASKED 12U /* objects refused as their attribute could not be read there */
#define BH_COUNT_UNKEPT 13U /* labels that the module did not take, to be an attribute */
#define BH_COUNT_MAX 14U

/* What bh_event.detail holds. */
#define BH_DETAIL_NONE 0U
#define BH_DETAIL_FILE 1U /* name, fsname, ino */
#define BH_DETAIL_PORT 2U /* number: port */
#define BH_DETAIL_CAPABILITY 3U /* number: capability */
#define BH_DETAIL_SIGNAL 4U /* number: signal */
#define BH_DETAIL_TASK 5U /* number: pid of the target */

/* One record of the ring buffer bh_events: a verdict that denied. */
struct bh_event {
	__u32 version; /* BH_ABI_VERSION */
	__u32 tclass;
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 pid; /* thread id, in the initial pid namespace */
	__u32 tgid;
	struct bh_label source;
	struct bh_label target;
	__u32 denied; /* the permissions that were refused */
	__u32 permissive; /* 1: recorded, but not enforced */
	__u64 container; /* key in bh_containers */
	__u64 ino;
	__u32 number; /* see BH_DETAIL_... */
	__u32 detail;
	char comm[BH_COMM_MAX];
	char fsname[BH_FSNAME_MAX];
	char name[BH_PATH_TAIL];
};

_Static_assert(sizeof(struct bh_event) == 168, "bh_event is read from the ring buffer");

#endif /* BULKHEAD_ABI_H */
