using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.Diagnostics.Runtime;

namespace Metaflow.Cli.Debugging;

/// <summary>Finds the lines of source of running methods, by the symbols beside or inside of their assemblies.</summary>
internal sealed class SourceLines : IDisposable
{
    private readonly Dictionary<string, MetadataReaderProvider?> _symbols = new(StringComparer.Ordinal);

    /// <summary>Finds a line.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">The address at which it is.</param>
    /// <param name="isReturn">Whether that is where it goes on when the method returns which it called.</param>
    /// <returns><c>flow.cs:line 12</c>, or <see langword="null"/> where nothing says it.</returns>
    public string? Find(ClrMethod method, ulong address, bool isReturn)
    {
        if (method.Type.Module.Name is not { Length: > 0 } module || SymbolsOf(module) is not { } provider)
        {
            return null;
        }

        var reader = provider.GetMetadataReader();
        var offset = method.GetILOffset(isReturn ? address - 1 : address);
        var handle = MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0x00FFFFFF);
        if (offset < 0 || handle.IsNil || MetadataTokens.GetRowNumber(handle) > reader.GetTableRowCount(TableIndex.MethodDebugInformation))
        {
            return null;
        }

        SequencePoint? found = null;
        foreach (var point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (!point.IsHidden && point.Offset <= offset)
            {
                found = point;
            }
        }

        return found is { } place
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(reader.GetString(reader.GetDocument(place.Document).Name))}:line {place.StartLine}")
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var provider in _symbols.Values)
        {
            provider?.Dispose();
        }
    }

    private MetadataReaderProvider? SymbolsOf(string module)
    {
        if (!_symbols.TryGetValue(module, out var provider))
        {
            _symbols.Add(module, provider = Open(module));
        }

        return provider;
    }

    private static MetadataReaderProvider? Open(string module)
    {
        try
        {
            using var assembly = new PEReader(File.OpenRead(module));
            assembly.TryOpenAssociatedPortablePdb(
                module, static path => File.Exists(path) ? new MemoryStream(File.ReadAllBytes(path)) : null, out var provider, out _);
            return provider;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // Methods without lines are still worth reading.
            return null;
        }
    }
}
