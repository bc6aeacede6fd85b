using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;
using Metaflow.Code;

namespace Metaflow.Environments.Checks;

/// <summary>Finds the methods of an assembly that refer to types and members.</summary>
internal static partial class ReferringMethods
{
    /// <summary>Reads the bodies of all methods.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="wanted">What is looked for: the number of the finding for each token.</param>
    /// <returns>The methods by the number of the finding.</returns>
    public static ILookup<int, MethodDefinitionHandle> Find(AssemblyFile assembly, IReadOnlyDictionary<int, int> wanted)
    {
        var found = new HashSet<(int Finding, MethodDefinitionHandle Method)>();
        foreach (var handle in assembly.Reader.MethodDefinitions)
        {
            var method = assembly.Reader.GetMethodDefinition(handle);
            var instructions = new InstructionReader(assembly.InstructionsOf(method));
            while (instructions.MoveNext())
            {
                if (instructions.Kind == OperandKind.Token && wanted.TryGetValue(instructions.Token, out var finding))
                {
                    found.Add((finding, handle));
                }
            }
        }

        return found.ToLookup(static each => each.Finding, static each => each.Method);
    }

    /// <summary>Returns the tokens by which code refers to members and to the types of a set.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="members">The findings of members.</param>
    /// <param name="types">The findings of types, by their full names.</param>
    /// <returns>The number of the finding for each token.</returns>
    public static Dictionary<int, int> TokensOf(
        AssemblyFile assembly, IReadOnlyDictionary<MemberReferenceHandle, int> members, IReadOnlyDictionary<string, int> types)
    {
        var reader = assembly.Reader;
        var tokens = members.ToDictionary(static member => MetadataTokens.GetToken(member.Key), static member => member.Value);
        foreach (var handle in reader.TypeReferences)
        {
            if (types.TryGetValue(SignatureTexts.Named(reader, handle).Name, out var finding))
            {
                tokens[MetadataTokens.GetToken(handle)] = finding;
            }
        }

        for (var row = 1; row <= reader.GetTableRowCount(TableIndex.TypeSpec); row++)
        {
            var handle = MetadataTokens.TypeSpecificationHandle(row);
            var text = reader.GetTypeSpecification(handle).DecodeSignature(SignatureTexts.Instance, null);
            Add(tokens, handle, types.Where(type => text.Mentions(type.Key)).Select(static type => type.Value));
        }

        foreach (var handle in reader.MemberReferences)
        {
            var parent = MetadataTokens.GetToken(reader.GetMemberReference(handle).Parent);
            Add(tokens, handle, tokens.TryGetValue(parent, out var type) ? [type] : []);
        }

        for (var row = 1; row <= reader.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var handle = MetadataTokens.MethodSpecificationHandle(row);
            var method = MetadataTokens.GetToken(reader.GetMethodSpecification(handle).Method);
            Add(tokens, handle, tokens.TryGetValue(method, out var finding) ? [finding] : []);
        }

        return tokens;
    }

    private static void Add(Dictionary<int, int> tokens, EntityHandle handle, IEnumerable<int> findings)
    {
        foreach (var finding in findings.Take(1))
        {
            tokens.TryAdd(MetadataTokens.GetToken(handle), finding);
        }
    }

    /// <summary>Returns the name of a method, as its author wrote it.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="handle">The method. What the compiler makes of lambdas, iterators and asynchronous methods has the author's name in
    /// angle brackets.</param>
    /// <returns>The name, after that of the type.</returns>
    public static string NameOf(MetadataReader reader, MethodDefinitionHandle handle)
    {
        var method = reader.GetMethodDefinition(handle);
        var type = SignatureTexts.Named(reader, method.GetDeclaringType()).Name;
        var name = reader.GetString(method.Name);
        var parts = type.Split('+');
        var authored = parts.TakeWhile(static part => !part.Contains('<', StringComparison.Ordinal))
            .Select(static part => part.Split('`')[0]);
        var generated = parts.Append(name).Select(static part => Generated().Match(part)).LastOrDefault(static match => match.Success);
        return $"{string.Join('.', authored)}.{generated?.Groups["name"].Value ?? name}";
    }

    [GeneratedRegex("^<(?<name>[^<>]+)>")]
    private static partial Regex Generated();
}
