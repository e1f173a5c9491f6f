/* A build writes it from Kconfig; the tests give its values to the compiler. */
#pragma once
