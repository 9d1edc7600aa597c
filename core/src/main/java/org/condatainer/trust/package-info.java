/**
 * Whom a file or a folder may come from: what anybody else could have written must not name
 * programs, nor set variables for them, that then run as this user.
 */
package org.condatainer.trust;
