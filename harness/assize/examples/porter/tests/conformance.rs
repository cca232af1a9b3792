//! All that an author writes beside the `impl`.

use porter::Porter;

assize::conformance!(Porter::new());
