using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>One semantic model for each file, so that what one reader has bound the next one finds.</summary>
internal sealed class SemanticModels(Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    /// <summary>Begins with a model that is there already.</summary>
    public SemanticModels(SemanticModel model)
        : this(model.Compilation)
        => _models[model.SyntaxTree] = model;

    public Compilation Compilation => compilation;

    public SemanticModel Of(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
        {
            _models[tree] = model = compilation.GetSemanticModel(tree);
        }

        return model;
    }

    public bool Has(SyntaxTree tree) => compilation.ContainsSyntaxTree(tree);
}
