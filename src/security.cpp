#include <unisono/security/impl/cors.ipp>
#include <unisono/security/impl/origin.ipp>
#include <unisono/security/impl/trusted_proxies.ipp>
