using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>An artifact is data. What no serializer could ever store is refused here; the rest is decided at run time.</summary>
internal sealed class ArtifactTypeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var lost = new LostMembers(flow.Models, flow.CancellationToken);
        return Artifacts(flow, lost).Concat(Items(flow, lost));
    }

    private static IEnumerable<Diagnostic> Artifacts(FlowClass flow, LostMembers lost)
    {
        foreach (var property in flow.Properties.Where(static property => !IsStream(property)))
        {
            var problem = Check(
                property.Type,
                () => FlowMembers.DeclarationOf(property)!.Type.GetLocation(),
                $"The artifact '{property.Name}' holds",
                lost);
            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    // The bytes of a stream are stored, if it is the artifact itself.
    private static bool IsStream(IPropertySymbol property)
        => FlowMembers.RoleOf(property) == PropertyRole.Artifact && UnstorableTypes.IsStream(property.Type);

    /// <summary>The items of a foreach are stored as an artifact is.</summary>
    private static IEnumerable<Diagnostic> Items(FlowClass flow, LostMembers lost) =>
        from step in flow.OwnSteps
        from call in step.Calls
        let type = flow.ItemTypeOf(call)
        where type is not null
        let problem = Check(type, () => call.Items!.GetLocation(), $"The items of the foreach in '{step.Method.Name}' hold", lost)
        where problem is not null
        select problem;

    private static Diagnostic? Check(ITypeSymbol type, Func<Location> place, string holds, LostMembers lost)
    {
        if (FindUnstorable(type) is { } unstorable)
        {
            return Descriptors.Report(
                RuleCodes.UnstorableArtifact, place(), $"{holds} a '{CSharpTypeName.AsWritten(unstorable)}'.",
                $"{UnstorableTypes.Noun(unstorable)} lives in one process and cannot be stored.", UnstorableTypes.FixFor(unstorable));
        }

        if (UnstorableMember(type) is { } member)
        {
            return Descriptors.Report(
                RuleCodes.UnstorableArtifact, place(),
                $"{holds} a '{CSharpTypeName.AsWritten(member.Owner)}', whose '{member.Name}' holds a "
                    + $"'{CSharpTypeName.AsWritten(member.Type)}'.",
                $"{UnstorableTypes.Noun(member.Type)} lives in one process and cannot be stored.",
                $"{UnstorableTypes.FixFor(member.Type)} Mark a member that can be computed again [ArtifactIgnore].");
        }

        if (SameKey(type) is { } twice)
        {
            return Descriptors.Report(
                RuleCodes.DuplicateKey, place(),
                $"{holds} a '{CSharpTypeName.AsWritten(twice.Owner)}', whose '{twice.First}' and '{twice.Second}' would both be "
                    + $"stored as '{twice.Key}'.",
                "Members are stored under their names in snake case.",
                "Rename one of them, or give it another key with [ArtifactKey(\"...\")].");
        }

        if (FindAbstract(type) is { } open)
        {
            return Descriptors.Report(
                RuleCodes.AbstractArtifact, place(),
                $"{holds} a '{CSharpTypeName.AsWritten(open)}', which is "
                    + $"{(open.TypeKind == TypeKind.Interface ? "an interface" : "abstract")}.",
                "A value is read into its declared type. The derived type of the object is not stored.",
                "Declare its actual class, and keep the objects of each class in a separate list.");
        }

        return lost.FirstOf(type) is not { } found ? null : Descriptors.Report(
            RuleCodes.LostMember, place(), $"{holds} a '{CSharpTypeName.AsWritten(found.Type)}', of which {found.Member} would be lost.",
            "Metaflow stores the public properties and fields of an object, and the items of a collection.",
            "Make it a public property, whose setter may be private. Or mark it [ArtifactIgnore], or mark the type "
                + "[ArtifactByPublicMembers] if its public members are all its data.");
    }

    /// <summary>Finds a stored member, of the type or of a part of it, that can never be stored.</summary>
    private static (INamedTypeSymbol Owner, string Name, ITypeSymbol Type)? UnstorableMember(ITypeSymbol type)
    {
        foreach (var (owner, member) in RecordsOf(type)
            .SelectMany(static owner => ArtifactParts.StoredOf(owner).Select(member => (owner, member))))
        {
            if (FindUnstorable(ArtifactParts.TypeOf(member)) is { } found)
            {
                return (owner, member.Name, found);
            }
        }

        return null;
    }

    /// <summary>Finds two members, of the type or of a part of it, that have one key.</summary>
    private static (INamedTypeSymbol Owner, string First, string Second, string Key)? SameKey(ITypeSymbol type)
    {
        foreach (var owner in RecordsOf(type))
        {
            if (ArtifactParts.StoredOf(owner).GroupBy(ArtifactParts.KeyOf)
                .FirstOrDefault(static members => members.Count() > 1) is { } same)
            {
                return (owner, same.First().Name, same.ElementAt(1).Name, same.Key);
            }
        }

        return null;
    }

    /// <summary>Returns the parts that are stored member by member, as far as their source tells.</summary>
    private static IEnumerable<INamedTypeSymbol> RecordsOf(ITypeSymbol type) => ArtifactParts.Of(type, static _ => true)
        .Where(static part => part.TypeKind != TypeKind.Interface && !ArtifactParts.IsCollection(part)
            && ArtifactParts.Levels(part).All(ArtifactParts.IsInSource));

    /// <summary>Finds a part into which nothing can be read.</summary>
    /// <remarks>What .NET declares is left to the serializer, which knows its collections and the interfaces of plain values.</remarks>
    private static INamedTypeSymbol? FindAbstract(ITypeSymbol type) => ArtifactParts.Of(type, ArtifactParts.IsReadBack)
        .FirstOrDefault(static part => part.SpecialType == SpecialType.System_Enum
            || ((part.TypeKind == TypeKind.Interface || part.IsAbstract) && !IsOfFramework(part.ContainingAssembly?.Name ?? "")));

    private static bool IsOfFramework(string assembly)
        => assembly is "System" or "mscorlib" or "netstandard"
            || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Metaflow.", StringComparison.Ordinal);

    private static ITypeSymbol? FindUnstorable(ITypeSymbol type) => type switch
    {
        _ when UnstorableTypes.Contains(type) => type,
        IArrayTypeSymbol array => FindUnstorable(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Select(FindUnstorable).FirstOrDefault(static found => found is not null),
        _ => null,
    };
}
