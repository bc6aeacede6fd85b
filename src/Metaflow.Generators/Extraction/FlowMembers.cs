using Metaflow.Generators.Model;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Says which members of a flow class are steps, artifacts, parameters and constants, and what they are called on
/// disk.</summary>
internal static class FlowMembers
{
    public static IEnumerable<IMethodSymbol> StepsOf(INamedTypeSymbol flow)
        => flow.GetMembers().OfType<IMethodSymbol>()
            .Where(static method => method.MethodKind == MethodKind.Ordinary && HasName(method) && IsStep(method));

    public static IEnumerable<IPropertySymbol> PropertiesOf(INamedTypeSymbol flow)
        => OursOf(flow).Where(static property => !IsService(property));

    /// <summary>Returns true if a property can be kept in a cell: what lives on the stack, and what is a reference, cannot, and code that
    /// tries does not compile.</summary>
    public static bool CanBeImplemented(IPropertySymbol property)
        => !property.Type.IsRefLikeType && property.Type.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer)
            && property.RefKind == RefKind.None;

    /// <summary>Returns the properties that are services: the generator implements them, and they are not artifacts.</summary>
    public static IEnumerable<IPropertySymbol> ServicesOf(INamedTypeSymbol flow) => OursOf(flow).Where(IsService);

    /// <summary>Returns the public constants; those of an enum-like helper type nested in the flow are not its own.</summary>
    public static IEnumerable<IFieldSymbol> ConstantsOf(INamedTypeSymbol flow)
        => flow.GetMembers().OfType<IFieldSymbol>().Where(static field => HasName(field)
            && field is { DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false }
            && (field.IsConst || field is { IsStatic: true, IsReadOnly: true }));

    public static bool IsStep(IMethodSymbol method) => StepAttributeOf(method) is not null;

    /// <summary>Returns the step attribute of a method or of the nearest method it overrides.</summary>
    public static AttributeData? StepAttributeOf(IMethodSymbol method)
    {
        for (var current = method; current is not null; current = current.OverriddenMethod)
        {
            if (MetaflowTypes.AttributeOf(current, "StepAttribute") is { } attribute)
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>Returns true if a property is declared partial and left to the generator. After generation, the compiler shows the
    /// generated part, which says that the generator wrote it.</summary>
    public static bool IsOursToImplement(IPropertySymbol property)
        => property is { IsStatic: false, IsIndexer: false } && DeclarationOf(property) is { } declaration && IsBarePartial(declaration)
            && (property.PartialImplementationPart is null || property.GetAttributes().Any(MetaflowTypes.IsOurs));

    public static PropertyDeclarationSyntax? DeclarationOf(IPropertySymbol property)
        => property.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax())
            .OfType<PropertyDeclarationSyntax>().FirstOrDefault();

    public static bool HasInitializer(IPropertySymbol property) => DeclarationOf(property)?.Initializer is not null;

    public static bool IsService(IPropertySymbol property) => MetaflowTypes.AttributeOf(property, "ServiceAttribute") is not null;

    public static PropertyRole RoleOf(IPropertySymbol property)
    {
        if (MetaflowTypes.AttributeOf(property, "ParameterAttribute") is not null)
        {
            return PropertyRole.Parameter;
        }

        if (MetaflowTypes.AttributeOf(property, "ConfigAttribute") is not null)
        {
            return PropertyRole.Config;
        }

        if (IsService(property))
        {
            return PropertyRole.Service;
        }

        return MetaflowTypes.AttributeOf(property, "IncludeFileAttribute") is not null ? PropertyRole.IncludeFile : PropertyRole.Artifact;
    }

    /// <summary>Returns the name on disk. A step that is overridden keeps its name, so that its transitions lead to what replaces
    /// it.</summary>
    public static string DiskNameOf(IMethodSymbol step)
    {
        for (var current = step; current is not null; current = current.OverriddenMethod)
        {
            if (MetaflowTypes.Text(MetaflowTypes.AttributeOf(current, "StepAttribute"), "Name") is { } name)
            {
                return name;
            }
        }

        return SnakeCase.FromMember(step.Name);
    }

    public static string DiskNameOf(IFieldSymbol constant) => SnakeCase.FromMember(constant.Name);

    public static string DiskNameOf(IPropertySymbol property)
    {
        for (var current = property; current is not null; current = current.OverriddenProperty)
        {
            var attribute = MetaflowTypes.AttributeOf(current, "ParameterAttribute")
                ?? MetaflowTypes.AttributeOf(current, "IncludeFileAttribute")
                    ?? MetaflowTypes.AttributeOf(current, "ConfigAttribute") ?? MetaflowTypes.AttributeOf(current, "ArtifactAttribute");
            if (MetaflowTypes.Text(attribute, "Name") is { } name)
            {
                return name;
            }
        }

        return SnakeCase.FromMember(property.Name);
    }

    private static IEnumerable<IPropertySymbol> OursOf(INamedTypeSymbol flow)
        => flow.GetMembers().OfType<IPropertySymbol>().Where(static property => HasName(property) && IsOursToImplement(property));

    /// <summary>A member that is being typed may have no name yet.</summary>
    private static bool HasName(ISymbol member) => member.Name.Length > 0;

    private static bool IsBarePartial(PropertyDeclarationSyntax declaration)
        => declaration.Modifiers.Any(SyntaxKind.PartialKeyword) && declaration.ExpressionBody is null
            && declaration.AccessorList is { } list
            && list.Accessors.All(static accessor => accessor.Body is null && accessor.ExpressionBody is null)
            && !declaration.Modifiers.Any(SyntaxKind.StaticKeyword);
}
