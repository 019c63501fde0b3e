"""The main job on one machine: import a catalogue, change its prices, import it again, show what happened."""
