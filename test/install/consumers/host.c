/* host PLUGIN PLUGIN: loads two plugins, each with a copy of the library inside, and uses both at once. Returns 0 if
 * they work and each uses its own. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct plugin {
  int (*float16_nodes)(const char* json);
  const void* (*library)(void);
  int right;
} plugin;

static const char kGraph[] =
    "{\"schema\":\"precast.graph/1\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"float32\"}],\"constants\":[],"
    "\"nodes\":[{\"name\":\"a\",\"op\":\"Relu\",\"inputs\":[\"x\"],\"outputs\":[{\"name\":\"a\",\"dtype\":\"float32\"}]"
    "},"
    "{\"name\":\"b\",\"op\":\"Exp\",\"inputs\":[\"a\"],\"outputs\":[{\"name\":\"y\",\"dtype\":\"float32\"}]}],"
    "\"outputs\":[\"y\"]}";

static int load(const char* path, plugin* loaded) {
  /* Global: if a copy offered its symbols, the other would take them. */
  void* handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  void* symbols[2];
  if (handle == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 0;
  }
  symbols[0] = dlsym(handle, "plugin_float16_nodes");
  symbols[1] = dlsym(handle, "plugin_library");
  if (symbols[0] == NULL || symbols[1] == NULL) return 0;
  memcpy(&loaded->float16_nodes, &symbols[0], sizeof(symbols[0]));
  memcpy(&loaded->library, &symbols[1], sizeof(symbols[1]));
  return 1;
}

static void* use(void* argument) {
  plugin* used = (plugin*)argument;
  int i;
  for (i = 0; i < 20; ++i) used->right += used->float16_nodes(kGraph) == 2;
  return NULL;
}

int main(int argc, char** argv) {
  plugin plugins[2] = {{0}, {0}};
  pthread_t threads[2];
  int i;
  if (argc != 3) return 2;
  for (i = 0; i < 2; ++i) {
    if (!load(argv[i + 1], &plugins[i])) return 3;
  }
  if (plugins[0].library() == plugins[1].library()) return 4;
  for (i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, use, &plugins[i]);
  for (i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  return plugins[0].right == 20 && plugins[1].right == 20 ? 0 : 5;
}
