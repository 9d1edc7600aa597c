/** Configuration in layers: site, user, environment, command line; each value knows its origin. */
package org.condatainer.config;
