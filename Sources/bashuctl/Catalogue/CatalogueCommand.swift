import ArgumentParser
import Console

struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = page(
        "catalogue", "COMMAND", .catalogue, nil, [CatalogueInstall.self, CatalogueCheckCommand.self])
}
