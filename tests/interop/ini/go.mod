module brickpass/ini

go 1.21

require gopkg.in/ini.v1 v1.67.3
