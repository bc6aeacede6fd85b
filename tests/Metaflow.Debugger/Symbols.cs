using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Metaflow.Debugger;

/// <summary>Where the code of a line begins.</summary>
/// <param name="Method">The name of the method as it was written, also where the compiler made a state machine of it.</param>
/// <param name="MethodToken">The token of the method that has the code.</param>
/// <param name="Offset">The offset in the method's code.</param>
internal sealed record Place(string Method, SourceLine Source, int MethodToken, int Offset)
{
    public override string ToString() => $"{Method} at {Source}";
}

/// <summary>Finds places in the symbols of a library, which are in it or beside it.</summary>
internal static class Symbols
{
    public static IReadOnlyList<Place> Find(string path, IReadOnlyList<SourceLine> lines)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var library = new PEReader(File.OpenRead(path));
        if (!library.HasMetadata || !library.TryOpenAssociatedPortablePdb(path, Open, out var provider, out _))
        {
            return [];
        }

        using (provider)
        {
            var (metadata, symbols) = (library.GetMetadataReader(), provider!.GetMetadataReader());
            return [.. lines.SelectMany(line => Find(metadata, symbols, line))];
        }
    }

    private static FileStream? Open(string path) => File.Exists(path) ? File.OpenRead(path) : null;

    private static IEnumerable<Place> Find(MetadataReader metadata, MetadataReader symbols, SourceLine line)
        => from handle in symbols.MethodDebugInformation
           let method = symbols.GetMethodDebugInformation(handle)
           where !method.SequencePointsBlob.IsNil
           from point in method.GetSequencePoints().Where(point => IsAt(point, symbols, line)).OrderBy(static point => point.Offset).Take(1)
           select new Place(
               NameOf(metadata, method.GetStateMachineKickoffMethod() is { IsNil: false } written ? written : handle.ToDefinitionHandle()),
               line,
               MetadataTokens.GetToken(handle.ToDefinitionHandle()),
               point.Offset);

    private static bool IsAt(SequencePoint point, MetadataReader symbols, SourceLine line)
        => !point.IsHidden
            && point.StartLine == line.Line
            && Path.GetFileName(symbols.GetString(symbols.GetDocument(point.Document).Name)) == line.File;

    private static string NameOf(MetadataReader metadata, MethodDefinitionHandle handle)
    {
        var method = metadata.GetMethodDefinition(handle);
        var type = metadata.GetTypeDefinition(method.GetDeclaringType());
        return $"{metadata.GetString(type.Name)}.{metadata.GetString(method.Name)}";
    }
}
