using System.Text.RegularExpressions;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Writes the decorators of a step or a flow as expressions, an author's own included.</summary>
internal static class DecoratorTexts
{
    /// <summary>Returns the decorators of a step or a flow.</summary>
    /// <param name="symbol">The step's method, or the flow's class.</param>
    /// <param name="flow">The flow's class, whose artifacts decorators may name.</param>
    public static EquatableList<string> Of(ISymbol symbol, INamedTypeSymbol flow) => new(
        symbol.GetAttributes().Where(static attribute => MetaflowTypes.IsDecorator(attribute.AttributeClass) && !IsLocalToFile(attribute))
            .Select(attribute => Of(attribute, flow)).OfType<string>());

    /// <summary>Returns true if a decorator's class cannot be named in the file that the generator writes.</summary>
    public static bool IsLocalToFile(AttributeData attribute)
        => FlowDeclarations.SelfAndContainers(attribute.AttributeClass!).Any(static type => type.IsFileLocal);

    /// <summary>Returns the name on disk of the artifact that <c>[Catch]</c> stores the failure in, or <see langword="null"/>.</summary>
    public static string? CaughtBy(AttributeData? attribute, INamedTypeSymbol flow)
    {
        if (MetaflowTypes.Text(attribute, "Var") is not { } member)
        {
            return null;
        }

        var property = MetaflowTypes.ChainOf(flow).SelectMany(type => type.GetMembers(member)).OfType<IPropertySymbol>().LastOrDefault();
        return property is null ? SnakeCase.FromMember(member) : FlowMembers.DiskNameOf(property);
    }

    /// <summary>Returns true if a text has a reference to one of the flow's configurations, or one that is refused since it nearly is;
    /// any other text in braces is the author's own.</summary>
    private static bool RefersToConfig(string text, INamedTypeSymbol flow)
    {
        if (!text.Contains("${"))
        {
            return false;
        }

        var configs = MetaflowTypes.ChainOf(flow).SelectMany(FlowMembers.PropertiesOf)
            .Where(static property => FlowMembers.RoleOf(property) == PropertyRole.Config).Select(FlowMembers.DiskNameOf).ToList();
        return configs.Select(static name => Regex.Escape(name).Replace("_", "[_-]?"))
            .Any(name => Regex.IsMatch(text, @"\$\{" + name + @"[.}]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))
            || Regex.Matches(text, @"\$\{([^.}]+)\.").Cast<Match>()
                .Any(path => ClosestName.Find(path.Groups[1].Value, configs) is not null);
    }

    private static string? Of(AttributeData attribute, INamedTypeSymbol flow)
    {
        var text = ConstantText.Of(attribute, text => RefersToConfig(text, flow));
        return text is not null && MetaflowTypes.Is(attribute.AttributeClass, "CatchAttribute") && CaughtBy(attribute, flow) is { } name
            && name != SnakeCase.FromMember(MetaflowTypes.Text(attribute, "Var")!)
            ? $"{text.Substring(0, text.Length - 1).TrimEnd()}, ArtifactName = {CSharpTypeName.Literal(name)} }}"
            : text;
    }
}
