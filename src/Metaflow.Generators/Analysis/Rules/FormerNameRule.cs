using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A former name is one that old values have and that nothing else has now: any other is never looked for, and old values would
/// lose the member without a word.</summary>
internal static class FormerNameRule
{
    private const string Attribute = "FormerArtifactNameAttribute";

    /// <summary>Checks the members that a type itself declares.</summary>
    /// <param name="type">Any type.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static IEnumerable<Diagnostic> Check(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var marks = type.GetMembers().Where(static member => member is IPropertySymbol or IFieldSymbol { IsImplicitlyDeclared: false })
            .SelectMany(static member => member.GetAttributes().Where(IsFormerName).Select(mark => (Member: member, Mark: mark))).ToList();
        if (marks.Count == 0)
        {
            return [];
        }

        var stored = type.TypeKind == TypeKind.Enum
            ? [.. type.GetMembers().Where(static member => member is IFieldSymbol { HasConstantValue: true })]
            : ArtifactParts.StoredOf(type);
        var others = ArtifactParts.Levels(type).SelectMany(static level => level.GetMembers())
            .SelectMany(static member => member.GetAttributes().Where(IsFormerName).Select(mark => (Member: member, Mark: mark))).ToList();
        return marks.Select(mark => Check(type, mark, stored, others, cancellationToken)).OfType<Diagnostic>();
    }

    private static Diagnostic? Check(
        INamedTypeSymbol type,
        (ISymbol Member, AttributeData Mark) mark,
        List<ISymbol> stored,
        List<(ISymbol Member, AttributeData Mark)> others,
        CancellationToken cancellationToken)
    {
        var (member, name) = (mark.Member, NameOf(mark.Mark));
        if (WhyUnread(type, member, stored) is { } why)
        {
            return Report(mark.Mark, member, $"The former name '{name}' of '{member.Name}' is never looked up.", why, cancellationToken);
        }

        if (name is not { Length: > 0 })
        {
            return Report(
                mark.Mark, member, $"A former name of '{member.Name}' is empty.", "No stored value has an entry without a name.",
                cancellationToken);
        }

        if (stored.Find(other => ArtifactParts.KeyOf(other) == SnakeCase.FromMember(name) || ArtifactParts.KeyOf(other) == name
            || string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)) is { } present)
        {
            return Report(mark.Mark, member, $"The former name '{name}' of '{member.Name}' is the current name of '{present.Name}'.",
                present.Equals(member, SymbolEqualityComparer.Default)
                    ? "The current name is read anyway."
                    : "A stored entry with this name is read into that member.", cancellationToken);
        }

        var isRepeated = others.TakeWhile(other => other.Mark != mark.Mark).Any(other => SameName(NameOf(other.Mark), name));
        return isRepeated
            ? Report(
                mark.Mark, member, $"The former name '{name}' of '{member.Name}' is given twice in '{type.Name}'.",
                "A stored entry belongs to one member.", cancellationToken)
            : null;
    }

    private static string? WhyUnread(INamedTypeSymbol type, ISymbol member, List<ISymbol> stored)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            return null;
        }

        if (MetaflowTypes.IsFlow(type))
        {
            return "It is a member of a flow: the attribute is for members of the types that artifacts have. "
                + "[Artifact(Name = \"...\")] gives an artifact of the flow its name on disk.";
        }

        if (member.IsStatic)
        {
            return "The member is static, so it is not stored.";
        }

        if (ArtifactParts.IsIgnored(member))
        {
            return "The member is marked [ArtifactIgnore], so it is not stored.";
        }

        return stored.Exists(other => SymbolEqualityComparer.Default.Equals(other, member))
            ? ArtifactParts.IsReadBack(member) ? null : "The property is computed: no stored value is read into it."
            : "Only public properties and fields are stored.";
    }

    private static bool IsFormerName(AttributeData mark) => MetaflowTypes.Is(mark.AttributeClass, Attribute);

    private static string? NameOf(AttributeData mark) => mark.ConstructorArguments.FirstOrDefault().Value as string;

    private static bool SameName(string? one, string other)
        => one is { Length: > 0 } && (one == other || SnakeCase.FromMember(one) == SnakeCase.FromMember(other));

    private static Diagnostic Report(AttributeData mark, ISymbol member, string what, string why, CancellationToken cancellationToken)
        => Descriptors.Report(
            RuleCodes.FormerNameUnread,
            mark.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation() ?? GeneratedFiles.PlaceOf(member), what, why,
            "Give the name that the member has in the stored values, or remove the attribute.");
}
