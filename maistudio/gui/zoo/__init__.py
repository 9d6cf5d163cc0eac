"""The Zoo page: the networks of the challenge reports as a gallery, to build and open."""
