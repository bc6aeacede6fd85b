using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Opens files by their addresses in stores, such as <c>s3://bucket/key</c>: files to include, and included files that another
/// program keeps outside the datastore.</summary>
internal static class AddressedFile
{
    /// <summary>Returns true if a text is such an address, and not the path of a file.</summary>
    /// <param name="text">The text.</param>
    public static bool IsAddress(string text) => StoreAddress.TryParseObject(text, out _, out _);

    /// <summary>Opens a file.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="options">The options of its store.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes; <see langword="null"/> if there is no such file, or the text is no address.</returns>
    /// <exception cref="ConfigurationException">No package of the program has such stores (MF2049), or the address cannot be.</exception>
    /// <exception cref="StorageException">The file cannot be read (MF4004, MF4007, MF4017).</exception>
    public static async ValueTask<Stream?> OpenAsync(string address, StoreOptions options, CancellationToken cancellationToken)
    {
        if (!StoreAddress.TryParseObject(address, out var place, out var path))
        {
            return null;
        }

        var registry = ProgramPlugins.Registry;
        var factory = registry.Find<IStoreFactory>(place.Type) ?? throw new ConfigurationException(
            ErrorCodes.UnknownStoreType,
            $"The file '{ShownAddress.Of(address)}' cannot be read.",
            $"There is no datastore of type '{place.Type}'. {registry.Remedy}",
            KnownPackages.RemedyOf(place.Type) ?? "Reference the package that provides it, such as Metaflow.Aws for 's3'.")
        { ExitCode = ExitCodes.Usage };
        return (await factory.Open(place, options).OpenAsync(path, cancellationToken).ConfigureAwait(false))?.Content;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="options">The options of its store.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes; <see langword="null"/> if there is no such file.</returns>
    /// <exception cref="MetaflowException">As of <see cref="OpenAsync"/>.</exception>
    public static async ValueTask<byte[]?> ReadAsync(string address, StoreOptions options, CancellationToken cancellationToken)
    {
        var content = await OpenAsync(address, options, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using (content.ConfigureAwait(false))
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes.ToArray();
        }
    }
}
