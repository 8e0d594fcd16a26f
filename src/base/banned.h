/* Functions that this code base does not use, each with a safer one in GLib; the build includes this first. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ATTAIN_BANNED(function) attain_function_##function##_is_banned

#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef sscanf
#define strcpy(to, from)     ATTAIN_BANNED(strcpy)
#define strcat(to, from)     ATTAIN_BANNED(strcat)
#define sprintf(...)         ATTAIN_BANNED(sprintf)
#define vsprintf(...)        ATTAIN_BANNED(vsprintf)
#define strtok(text, breaks) ATTAIN_BANNED(strtok)
#define atoi(text)           ATTAIN_BANNED(atoi)
#define sscanf(...)          ATTAIN_BANNED(sscanf)
#define gmtime(time)         ATTAIN_BANNED(gmtime)
#define localtime(time)      ATTAIN_BANNED(localtime)
#define system(command)      ATTAIN_BANNED(system)
#define popen(command, mode) ATTAIN_BANNED(popen)
#define rand()               ATTAIN_BANNED(rand)
