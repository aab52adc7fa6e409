enum RegionStorePlaceholder {}
