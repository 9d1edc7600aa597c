/**
 * Configuration in layers: site, user, environment, command line; each value knows its origin. And
 * paths as users write them.
 */
package org.condatainer.config;
