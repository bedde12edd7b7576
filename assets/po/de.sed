# German in ASCII letters, as everybody reads it who has no umlauts.
s/ä/ae/g
s/ö/oe/g
s/ü/ue/g
s/Ä/Ae/g
s/Ö/Oe/g
s/Ü/Ue/g
s/ß/ss/g
s/»/'/g
s/«/'/g
s/„/'/g
s/“/'/g
