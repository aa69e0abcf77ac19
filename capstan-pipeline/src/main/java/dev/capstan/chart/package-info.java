/** Charts as SVG: lines in panels side by side, one legend. */
package dev.capstan.chart;
