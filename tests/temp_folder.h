// A folder below /tmp for what a test writes, gone when the test ends. Included by the one file of a test,
// whose main calls folder_make first.
#ifndef IKEWALK_TESTS_TEMP_FOLDER_H
#define IKEWALK_TESTS_TEMP_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[32] = "/tmp/ikewalk-test-XXXXXX";
static pid_t folder_owner; // a child of the test leaves it alone

static void
folder_remove(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (getpid() == folder_owner && system(command) != 0)
        fprintf(stderr, "%s stays\n", folder);
}

static void
folder_make(void)
{
    folder_owner = getpid();
    if (!mkdtemp(folder) || atexit(folder_remove) != 0) {
        perror(folder);
        exit(1);
    }
    setenv("XDG_CONFIG_HOME", folder, 1); // what somebody has set, or knows besides, has no say in a test
}

#endif
