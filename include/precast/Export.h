// What leaves the shared library: everything declared between these two words, as all public headers do, and nothing
// else. The static library exports nothing, so that a plugin which contains it does not offer its symbols to the
// process. Plain C.
#ifndef PRECAST_EXPORT_H
#define PRECAST_EXPORT_H

#if defined(PRECAST_SHARED_LIBRARY) && defined(__GNUC__)
/// From here on, declarations are part of the shared library's interface.
#define PRECAST_EXPORT_BEGIN _Pragma("GCC visibility push(default)")
/// Up to here.
#define PRECAST_EXPORT_END _Pragma("GCC visibility pop")
#else
#define PRECAST_EXPORT_BEGIN
#define PRECAST_EXPORT_END
#endif

#endif
