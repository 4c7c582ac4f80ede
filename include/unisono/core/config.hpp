#pragma once

/// How the library is built.
///
/// Headers hold declarations; definitions stand in `impl/*.ipp`. Two ways to get them:
/// * `unisono::unisono` (recommended) compiles every `.ipp` once and defines UNISONO_SEPARATE_COMPILATION for
///   its users;
/// * `unisono::header_only` includes each `.ipp` at the end of its header, where UNISONO_DECL makes it
/// inline.
///
/// One program must use one of them throughout.
#if defined(UNISONO_SEPARATE_COMPILATION)
#define UNISONO_DECL
#else
#define UNISONO_DECL inline
#define UNISONO_HEADER_ONLY
#endif

// What a delivery passes through: too long for a compiler to inline by itself, and its calls would cost more
// than what they do.
// COLD: what it nearly never does; inlined there, it would cost the rest registers.
// FLAT: a loop's body, into which all that it calls is put, but for what is COLD.
#if defined(__GNUC__)
#define UNISONO_HOT [[gnu::always_inline]]
#define UNISONO_COLD [[gnu::noinline]]
#define UNISONO_FLAT [[gnu::flatten]]
#else
#define UNISONO_HOT
#define UNISONO_COLD
#define UNISONO_FLAT
#endif
