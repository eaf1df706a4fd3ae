// SPDX-License-Identifier: GPL-2.0
/* Looking at the image that an engine made. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "image_module.h"
#include "image_result.h"
#include "io.h"
#include "spawn.h"

#define OUTPUT_MAX 4096

static const char *const words[] = { "image", "buildx", "builder" };

/* The engine and its own options, without the verb; room for @more, NULL behind them. */
static char **engine_argv(const struct bh_engine_build *build, char **argv, int more, int *nr)
{
	char **copy = calloc((size_t)(build->verb + more + 1), sizeof(*copy));

	*nr = 0;
	for (int i = 0; copy && i < build->verb; i++) {
		bool word = false;

		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			word |= !strcmp(argv[i], words[j]);
		if (!word)
			copy[(*nr)++] = argv[i];
	}
	return copy;
}

/* What it says on standard output, without the newline. */
static int run_quietly(char **argv, char **said)
{
	BH_CLOSE int reading = -1;
	int pipes[2], ret, status;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	reading = pipes[0];
	child = fork();
	if (!child) {
		dup2(pipes[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(pipes[1]);
	if (child < 0)
		return -errno;
	ret = bh_read_fd(reading, OUTPUT_MAX, said, NULL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (ret)
		return ret;
	(*said)[strcspn(*said, "\n")] = '\0';
	return status ? -EIO : 0;
}

static int has_label(const struct bh_engine_build *build, char **argv, const char *iid,
		     const char *digest)
{
	bool buildah = build->engine == BH_ENGINE_BUILDAH;
	BH_FREE char *said = NULL;
	int nr, ret;
	BH_FREE char **ask = engine_argv(build, argv, 6, &nr);

	if (!ask)
		return -ENOMEM;
	if (!buildah)
		ask[nr++] = (char *)"image";
	ask[nr++] = (char *)"inspect";
	if (buildah)
		ask[nr++] = (char *)"--type=image";
	ask[nr++] = buildah ? (char *)"--format={{index .OCIv1.Config.Labels "
				      "\"" BH_IMAGE_ANNOTATION_DIGEST "\"}}" :
			      (char *)"--format={{index .Config.Labels "
				      "\"" BH_IMAGE_ANNOTATION_DIGEST "\"}}";
	ask[nr++] = (char *)iid;
	ret = run_quietly(ask, &said);
	return ret ? ret : strcmp(said, digest) ? -EIO : 0;
}

static void remove_image(const struct bh_engine_build *build, char **argv, const char *iid)
{
	BH_FREE char *said = NULL;
	int nr;
	BH_FREE char **ask = engine_argv(build, argv, 3, &nr);

	if (!ask)
		return;
	ask[nr++] = (char *)"rmi";
	ask[nr++] = (char *)"-f";
	ask[nr++] = (char *)iid;
	run_quietly(ask, &said);
}

int bh_image_result(const struct bh_engine_build *build, char **argv, const char *iid,
		    const char *digest, struct bh_error *error)
{
	int ret;

	if (!strncmp(iid, "sha256:", strlen("sha256:")))
		iid += strlen("sha256:");
	ret = has_label(build, argv, iid, digest);
	if (!ret)
		return 0;
	remove_image(build, argv, iid);
	return bh_fail(error, ret,
		       "image %.12s: it has not the label " BH_IMAGE_ANNOTATION_DIGEST
		       "=%s: removed",
		       iid, digest);
}
