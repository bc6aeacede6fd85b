using System.Reflection.Metadata;
using System.Runtime.InteropServices;

namespace Metaflow.Environments.Checks;

/// <summary>Compares what an assembly was compiled against with what the locked packages have. A program that calls a member which is not
/// there fails in the middle of a step, so this is found before it starts.</summary>
/// <remarks>The metadata of the files is read; nothing is loaded. Members that may come from a base type in an unknown assembly are taken
/// to exist.</remarks>
internal sealed class MemberComparison
{
    private readonly AssemblyFile _program;
    private readonly AssemblySet _assemblies;
    private readonly MemberLookup _lookup;
    private readonly Func<OwnMethod, IEnumerable<string>> _stepsOf;
    private readonly List<(AssemblyReferenceHandle Assembly, string Shown)> _findings = [];
    private readonly Dictionary<string, int> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<MemberReferenceHandle, int> _members = [];

    private MemberComparison(AssemblyFile program, AssemblySet assemblies, Func<OwnMethod, IEnumerable<string>> stepsOf)
    {
        _stepsOf = stepsOf;
        _program = program;
        _assemblies = assemblies;
        _lookup = new MemberLookup(assemblies, program.Name);
    }

    private MetadataReader Reader => _program.Reader;

    /// <summary>Returns what the locked assemblies lack.</summary>
    /// <param name="program">The file of the program.</param>
    /// <param name="locked">The files of the locked packages' assemblies. References to assemblies that are not among them are not
    /// checked.</param>
    /// <param name="frameworks">The folders with the frameworks' assemblies, in which base types are looked up; by default that of this
    /// process.</param>
    /// <returns>The types and members in the order of their assemblies and texts. None if the program is no assembly, or a file is
    /// damaged: the runtime refuses it anyway.</returns>
    public static IReadOnlyList<MissingMember> Compare(string program, IEnumerable<string> locked, IReadOnlyList<string>? frameworks = null)
    {
        using var file = AssemblyFile.TryOpen(program);
        if (file is null)
        {
            return [];
        }

        using var assemblies = new AssemblySet(locked, frameworks ?? [RuntimeEnvironment.GetRuntimeDirectory()]);
        return Compare(file, assemblies, static _ => []);
    }

    /// <summary>Returns what the locked assemblies lack.</summary>
    /// <param name="program">An assembly of the author.</param>
    /// <param name="locked">The assemblies of the locked packages, and the folders of the frameworks.</param>
    /// <param name="stepsOf">Returns the steps that can come to a method.</param>
    /// <returns>As above.</returns>
    public static IReadOnlyList<MissingMember> Compare(
        AssemblyFile program, AssemblySet locked, Func<OwnMethod, IEnumerable<string>> stepsOf)
    {
        try
        {
            return new MemberComparison(program, locked, stepsOf).Compare();
        }
        catch (Exception error) when (AssemblyFile.SaysDamaged(error))
        {
            return [];
        }
    }

    private IReadOnlyList<MissingMember> Compare()
    {
        foreach (var handle in Reader.TypeReferences)
        {
            CheckType(handle);
        }

        foreach (var handle in Reader.MemberReferences)
        {
            CheckMember(handle);
        }

        if (_findings.Count == 0)
        {
            return [];
        }

        var methods = ReferringMethods.Find(_program, ReferringMethods.TokensOf(_program, _members, _types));
        return [
            .. _findings.Select((finding, index) => Missing(finding.Assembly, finding.Shown, [.. methods[index]]))
                .OrderBy(static missing => missing.Assembly, StringComparer.Ordinal)
                .ThenBy(static missing => missing.Member, StringComparer.Ordinal),
        ];
    }

    private MissingMember Missing(AssemblyReferenceHandle assembly, string shown, IReadOnlyList<MethodDefinitionHandle> methods)
    {
        var name = AssemblySet.NameOf(_program, assembly);
        return new MissingMember(
            name, Reader.GetAssemblyReference(assembly).Version, _assemblies.Find(name)!.Version, shown,
            Sorted(methods.Select(method => ReferringMethods.NameOf(Reader, method))))
        {
            Steps = Sorted(methods.SelectMany(method => _stepsOf(new OwnMethod(_program, method)))),
        };
    }

    private static List<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];

    private void CheckType(TypeReferenceHandle handle)
    {
        if (CheckedAssemblyOf(handle) is { } assembly && _assemblies.Resolve(_program, handle, _program.Name).IsMissing)
        {
            var type = SignatureTexts.Named(Reader, handle);

            // A type within one that is missing says nothing more.
            var outer = type.Name.LastIndexOf('+');
            if (outer < 0 || !_assemblies.Resolve(_program, OuterOf(handle), _program.Name).IsMissing)
            {
                _types.TryAdd(type.Name, _findings.Count);
                _findings.Add((assembly, type.Shown + ParametersOf(type.Name)));
            }
        }
    }

    private void CheckMember(MemberReferenceHandle handle)
    {
        var member = Reader.GetMemberReference(handle);
        var parent = member.Parent.Kind == HandleKind.TypeSpecification
            ? MemberLookup.GenericOf(Reader, (TypeSpecificationHandle)member.Parent)
            : member.Parent;
        if (parent.Kind != HandleKind.TypeReference || CheckedAssemblyOf((TypeReferenceHandle)parent) is not { } assembly)
        {
            return;
        }

        var type = _assemblies.Resolve(_program, (TypeReferenceHandle)parent, _program.Name);
        if (type.Assembly is null)
        {
            return;
        }

        var isField = member.GetKind() == MemberReferenceKind.Field;
        var name = Reader.GetString(member.Name);
        var signature = isField
            ? member.DecodeFieldSignature(SignatureTexts.Instance, null).Name
            : SignatureTexts.Of(member.DecodeMethodSignature(SignatureTexts.Instance, null));
        if (_lookup.Lacks(type, name, isField, signature))
        {
            _members.Add(handle, _findings.Count);
            _findings.Add((assembly, Shown(member, SignatureTexts.Named(Reader, parent), name, isField)));
        }
    }

    // Null if the reference is to an assembly that is not locked.
    private AssemblyReferenceHandle? CheckedAssemblyOf(TypeReferenceHandle handle)
    {
        var scope = ReferencedType.Of(Reader, handle).Scope;
        return scope.Kind == HandleKind.AssemblyReference && AssemblySet.NameOf(_program, (AssemblyReferenceHandle)scope) is var name
            && _assemblies.Has(name) && _assemblies.Find(name) is not null
            ? (AssemblyReferenceHandle)scope
            : null;
    }

    private TypeReferenceHandle OuterOf(TypeReferenceHandle handle) => (TypeReferenceHandle)Reader.GetTypeReference(handle).ResolutionScope;

    private static string Shown(MemberReference member, TypeText type, string name, bool isField)
    {
        var owner = type.Shown + ParametersOf(type.Name);
        if (isField)
        {
            return $"{member.DecodeFieldSignature(SignatureTexts.Instance, null).Shown} {owner}.{name}";
        }

        var signature = member.DecodeMethodSignature(SignatureTexts.Instance, null);
        var parameters = string.Join(", ", signature.ParameterTypes.Select(static parameter => parameter.Shown));
        var generic = signature.GenericParameterCount == 0
            ? ""
            : $"<{string.Join(", ", Enumerable.Range(0, signature.GenericParameterCount).Select(static index => $"TMethod{index}"))}>";
        return name switch
        {
            ".ctor" => $"new {owner}({parameters})",
            ['g', 'e', 't', '_', .. var property] when parameters.Length == 0
                => $"{signature.ReturnType.Shown} {owner}.{property} {{ get; }}",
            ['s', 'e', 't', '_', .. var property] when signature.ParameterTypes is [var value]
                => $"{value.Shown} {owner}.{property} {{ set; }}",
            _ => $"{signature.ReturnType.Shown} {owner}.{name}{generic}({parameters})",
        };
    }

    // Box`2 is Box<T0, T1>.
    private static string ParametersOf(string name)
    {
        var mark = name.LastIndexOf('`');
        return mark >= 0 && int.TryParse(name.AsSpan(mark + 1), out var count) && count > 0
            ? $"<{string.Join(", ", Enumerable.Range(0, count).Select(static index => $"T{index}"))}>"
            : "";
    }
}
